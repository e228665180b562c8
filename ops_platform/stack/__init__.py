"""The platform's own processes: embedded servers, web, workers, and the supervisor over them.

Nothing in here imports Django: the supervisor stays small and starts in a tenth of a second.
"""
