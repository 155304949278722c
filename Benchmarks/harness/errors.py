class InvalidRun(Exception):
    """What was measured is not what the figure speaks of: a wrong answer, a lost connection, a program that did not start."""
