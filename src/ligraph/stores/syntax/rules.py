"""What may follow what in a query.

The rules take what the engine takes, so that they blame nothing that it reads: SPARQL 1.1, the triple terms of 1.2,
LATERAL and ADJUST. They are LL(1): the next token alone says which alternative is meant.

A rule is a name, perhaps the words for what it stands for (none: too small to be told of), and its alternatives.
CAPITALS are keywords, 'quoted' are signs, <angled> are kinds of tokens. A rule with a capital is kept in the tree.

Source: SPARQL 1.1 Query (W3C 2013) section 19.8; SPARQL 1.2 Query (W3C draft) for `<<`, `~` and `{|`; SEP-0006.
"""

VALUES_OF = {
    "no value": "NOW RAND STRUUID UUID",
    "one variable": "BOUND",
    "one value": "ABS CEIL DATATYPE DAY ENCODE_FOR_URI FLOOR HASLANG HASLANGDIR HOURS IRI ISBLANK ISIRI ISLITERAL"
    " ISNUMERIC ISTRIPLE ISURI LANG LANGDIR LCASE MD5 MINUTES MONTH OBJECT PREDICATE ROUND SECONDS SHA1 SHA256 SHA384"
    " SHA512 STR STRLEN SUBJECT TIMEZONE TZ UCASE URI YEAR",
    "2 values": "ADJUST CONTAINS LANGMATCHES SAMETERM STRAFTER STRBEFORE STRDT STRENDS STRLANG STRSTARTS",
    "3 values": "IF STRLANGDIR TRIPLE",
    "2 or 3 values": "REGEX SUBSTR",
    "3 or 4 values": "REPLACE",
}
"""How many values a function takes, in words. Those that take any number, and the aggregates, are in the rules only."""

AGGREGATES = "AVG MAX MIN SAMPLE SUM"

_IN = {
    "no value": "<nil>",
    "one variable": "'(' <var> ')'",
    "one value": "'(' expression ')'",
    "2 values": "'(' expression comma expression ')'",
    "3 values": "'(' expression comma expression comma expression ')'",
    "2 or 3 values": "'(' expression comma expression (comma expression)? ')'",
    "3 or 4 values": "'(' expression comma expression comma expression (comma expression)? ')'",
}
_CALLS = " | ".join(f"({' | '.join(names.split())}) {_IN[values]}" for values, names in VALUES_OF.items())

RULES = """
unit = prologue (Select | construct | Describe | ask) <end>
prologue = (base | version | prefix)*
base "" = BASE <iri>
version "" = VERSION <string>
prefix = PREFIX <prefix> <iri>
Select = select from* where modifiers values
SubSelect = select where modifiers values
select = SELECT distinct? ('*' | Item Item*)
distinct "" = DISTINCT | REDUCED
Item = <var> | '(' expression AS <var> ')'
construct = CONSTRUCT (template from* where modifiers values | from* WHERE template modifiers values)
template = '{' triples_t? '}'
Describe = DESCRIBE ('*' | Described Described*) from* where? modifiers values
Described = <var> | iri
named = <var> | iri
ask = ASK from* where modifiers values
from = FROM (NAMED iri | iri)
where = WHERE? Group
modifiers = Grouping? Having? Order? limits?
Grouping "a clause such as LIMIT" = GROUP BY Condition Condition*
Condition = <var> | call | '(' expression (AS <var>)? ')'
Having "a clause such as LIMIT" = HAVING constraint constraint*
Order "a clause such as LIMIT" = ORDER BY order order*
order = <var> | constraint | (ASC | DESC) '(' expression ')'
limits "a clause such as LIMIT" = limit offset? | offset limit?
limit "LIMIT" = LIMIT <integer>
offset "OFFSET" = OFFSET <integer>
values = Values?
Values "" = VALUES (<var> '{' Cell* '}' | (<nil> | '(' <var>* ')') '{' Row* '}')
Row "a row in “(…)”" = <nil> | '(' Cell* ')'
Cell "a value (an IRI, a prefixed name, a literal or UNDEF)" = iri | literal | UNDEF | triple_data
triple_data = '<<(' (iri | literal | triple_data) (iri | 'a') (iri | literal | triple_data) ')>>'
Group = '{' (SubSelect | triples? (other '.'? triples?)*) '}'
other "a pattern such as FILTER" = Group (UNION Group)* | OPTIONAL Group | LATERAL Group | Minus
  | GRAPH named Group | SERVICE SILENT? named Group | Filter | Bind | Values
Minus = MINUS Group
Filter = FILTER constraint
Bind = BIND '(' expression AS <var> ')'
constraint = '(' expression ')' | call
triples "a triple" = subject ('.' triples?)?
triples_t "a triple" = subject_t ('.' triples_t?)?
term = single | <nil>
single = <var> | iri | literal | <blank> | <anon> | '<<(' single verb_t single ')>>'
reified = '<<' (single | reified) verb_t (single | reified) ('~' reifier?)? '>>'
reifier = <var> | iri | <blank> | <anon>
path = sequence path_more*
path_more "" = '|' sequence
sequence = step sequence_more*
sequence_more "" = '/' step
step "a path" = '^'? (iri | 'a' | '!' (one | '(' one ('|' one)* ')') | '(' path ')') often?
often "" = '?' | '*' | '+'
one = '^'? (iri | 'a')
iri "an IRI or prefixed name" = <iri> | <name> | <prefix>
literal "a literal" = <string> string_more? | <integer> | <decimal> | <signed> | 'true' | 'false'
string_more "" = <tag> | '^^' iri
expression "an expression" = both either*
either "an operator" = '||' both
both = relation both_more*
both_more "an operator" = '&&' relation
relation = sum compared?
compared "an operator" = ('=' | '!=' | '<' | '>' | '<=' | '>=') sum | IN list | NOT IN list
sum = product added*
added "an operator" = ('+' | '-') product | <signed> multiplied*
product = unary multiplied*
multiplied "an operator" = ('*' | '/') unary
unary "an expression" = ('!' | '+' | '-') unary | '(' expression ')' | builtin | iri arguments? | literal | <var>
  | triple_expression
triple_expression = '<<(' inner (<var> | iri | 'a') inner ')>>'
inner = <var> | iri | literal | triple_expression
list = <nil> | '(' expression (comma expression)* ')'
comma = ','
arguments "" = <nil> | '(' DISTINCT? expression (comma expression)* ')'
call "a function" = builtin | iri arguments
builtin = Aggregate | Exists | (CONCAT | COALESCE) list | BNODE (<nil> | '(' expression ')') | %calls
Exists = NOT? EXISTS Group
Aggregate = COUNT '(' DISTINCT? ('*' | expression) ')' | (%aggregates) '(' DISTINCT? expression ')'
  | GROUP_CONCAT '(' DISTINCT? expression separator? ')'
separator "“;”" = ';' SEPARATOR '=' <string>
""".replace("%calls", _CALLS).replace("%aggregates", " | ".join(AGGREGATES.split()))

TRIPLES = """
subject§ = term predicates§ | (reified | nested§) predicates§?
predicates§ = verb§ objects§ (';' (verb§ objects§)?)*
objects§ = object§ (',' object§)*
object§ "an object (an IRI, a prefixed name, a literal, a variable or “[”)" = node§ annotation§*
annotation§ "" = '~' reifier? | '{|' predicates§ '|}'
node§ "a term" = term | reified | nested§
nested§ = '(' node§ node§* ')' | '[' predicates§ ']'
"""
"""Triples, as they are written alike in patterns and, with another suffix, in templates, whose verbs are no paths."""

VERBS = """
verb "a predicate (an IRI, a prefixed name, a variable, “a” or a path)" = <var> | path
verb_t "a predicate (an IRI, a prefixed name, a variable or “a”)" = <var> | iri | 'a'
"""
