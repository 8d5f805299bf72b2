"""The variables, read once. A wrong value is a problem to tell of, and stands for the default."""

LEVELS = ("metadata", "headers", "errors", "bodies", "all")
MAX_LIMIT = 256 * 1024
MAX_BUDGET = 10000
DEFAULT_ADDRESS = "sandbox:4243"


def names(text):
    return [entry for entry in (part.strip().lower() for part in (text or "").split(",")) if entry]


def word(text):
    """What is one of a few words, as the agent reads it."""
    return (text or "").strip().lower()


class Settings:
    def __init__(self, env):
        self.env = env
        self.problems = []
        self.address = self._address()
        self.capture = self._capture()
        limit = self._number("LMON_BODY_LIMIT", 16384, MAX_LIMIT)
        self.limit = 0 if self.capture in ("metadata", "headers") else limit
        # With none, nothing is held at an invocation's end; to watch takes some.
        self.budget = self._number("LMON_BUDGET_MS", 20, MAX_BUDGET) or 20
        self.ignored = names(env.get("LMON_IGNORE_HOSTS")) + names(env.get("AWS_LAMBDA_RUNTIME_API"))
        self.redact = names(env.get("LMON_REDACT"))
        self.wants_invocations = env.get("LMON_PAYLOADS") != "off"
        if word(env.get("LMON")) not in ("", "on"):
            self._wrong("LMON", "on or off", "on")

    def _wrong(self, name, expected, used):
        # A URL may hold what is secret.
        text = self.env[name]
        shown = "\u2026" if "@" in text or "://" in text else text[:64]
        self.problems.append("%s=%s is not %s; %s is used" % (name, shown, expected, used))

    def _capture(self):
        chosen = word(self.env.get("LMON_CAPTURE"))
        if chosen in LEVELS:
            return chosen
        if chosen:
            self._wrong("LMON_CAPTURE", "one of " + ", ".join(LEVELS), "headers")
        return "headers"

    def _number(self, name, otherwise, most):
        text = (self.env.get(name) or "").strip()
        if not text:
            return otherwise
        digits = text.lstrip("0") or "0"
        if digits.isascii() and digits.isdigit() and len(digits) < 10 and int(digits) <= most:
            return int(digits)
        self._wrong(name, "a whole number up to %d" % most, otherwise)
        return otherwise

    def _address(self):
        text = (self.env.get("LMON_ADDRESS") or "").strip()
        if not text:
            return DEFAULT_ADDRESS
        host, _, port = text.rpartition(":")
        bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
        is_host = bare and not any(c.isspace() or c == "/" for c in bare) and (bare is not host or ":" not in host)
        if is_host and port.isascii() and port.isdigit() and 0 < int(port) < 65536:
            return text
        self._wrong("LMON_ADDRESS", "a host and a port", DEFAULT_ADDRESS)
        return DEFAULT_ADDRESS
