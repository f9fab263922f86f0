"""What is said of a query that takes more than it may, the same whichever engine it was for."""

from ligraph.errors import OutOfMemory, OutOfTime, Overloaded


def out_of_time(seconds: float) -> OutOfTime:
    """Return what is said of a query that took too long."""
    hint = "ask for less: name things, give patterns with few matches first, use LIMIT"
    return OutOfTime(f"the query ran longer than {seconds:g} seconds", hint=hint)


def out_of_memory() -> OutOfMemory:
    """Return what is said of a query that needs more memory than it may have."""
    return OutOfMemory("the query needs more memory than a query is given", hint="ask for less at once")


def too_many(waiting: float) -> Overloaded:
    """Return what is said where so many queries wait already that no more are taken."""
    return Overloaded(f"{waiting:,.0f} queries are waiting already", hint="ask again in a few seconds")


def being_stopped() -> Overloaded:
    """Return what is said of a query that has no answer when the service ends."""
    return Overloaded("the service is being stopped", hint="ask again in a few seconds")


def ended_again() -> Overloaded:
    """Return what is said of a query of which several workers ended before they came to it."""
    return Overloaded("the processes that answer queries end again and again", hint="ask again in a minute")


def never_begun(seconds: float) -> Overloaded:
    """Return what is said of a query that no worker was free for."""
    return Overloaded(f"no worker was free for the query in {seconds:g} seconds", hint="ask again in a minute")
