"""Calls with a secret in every place that the rules name, the same ones for the same seed. What a call sends and what it is
answered each hold a harmless text with its number."""

import gzip
import json
import random
import zlib

LETTERS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
UPPER = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
NAMES = ("password", "client_secret", "accessToken", "api-key", "X-Api-Key", "private_key", "session_id", "refresh_token",
         "Signature", "db_password", "JWT", "aws_secret_access_key", "PASSPHRASE", "pass%77ord", "iban")
HEADERS = ("Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key", "X-Amz-Security-Token", "x-vault-token",
           "X-Signature", "APIKEY", "X-Db-Password", "X-Session-Id", "X-Iban")
#: How much more than the limit is kept of a body: it is redacted before it is cut.
SLACK = 4096
#: Ways to send a body: as bytes, as text, in pieces that part a secret, as a file.
WAYS = ("bytes", "text", "pieces", "file")


def _gzip(data):
    return gzip.compress(data, mtime=0)


def codings():
    known = {"": bytes, "gzip": _gzip, "deflate": zlib.compress}
    try:
        import brotli

        known["br"] = brotli.compress
    except ImportError:
        pass
    return known


class Side:
    """What a call sends, or is answered."""

    def __init__(self, text, kind, coding="", charset="utf-8", piece=1 << 20):
        self.kind = kind
        self.coding = coding
        self.text = text
        self.piece = piece
        self.plain = text.encode(charset, "replace")
        self.data = codings()[coding](self.plain)
        try:
            self.is_hidden = "\0" in self.plain.decode()
        except UnicodeDecodeError:
            self.is_hidden = True

    def headers(self):
        return [("Content-Type", self.kind)] + ([("Content-Encoding", self.coding)] if self.coding else [])


class Call:
    def __init__(self, number, client, path, headers, sent, answer_headers, answered, status, way, message):
        self.number = number
        self.client = client
        self.path = path
        self.sent = sent
        self.headers = headers + (sent.headers() if sent else [])
        self.answered = answered
        self.answer_headers = answer_headers + answered.headers()
        self.status = status
        self.way = way
        self.message = message


class Plan:
    def __init__(self, seed, limit, clients):
        self.chance = random.Random(seed)
        self.secrets = []
        self.calls = []
        self.clients = clients
        self._fill(limit)

    def secret(self, where, length=24, letters=LETTERS):
        text = "".join(self.chance.choice(letters) for _ in range(length))
        self.secrets.append((text, where))
        return text

    def shaped(self, where):
        """Known by its looks: its name is none."""
        return self.chance.choice(("AKIA", "ASIA")) + self.secret(where, 16, UPPER)

    def name(self):
        return self.chance.choice(NAMES)

    def texts(self, mark, kind):
        """A text of a kind, with its type; the mark stands in it as it is."""
        named = self.name().replace("%77", "w")

        def secret():
            return self.secret("%s, %s" % (mark, kind))

        form = "application/x-www-form-urlencoded"
        if kind == "form":
            return "page=%s&%s=%s&user%%5B%s%%5D=%s+%%C3%%A9&x=1" % (mark, self.name(), secret(), self.name(), secret()), form
        if kind == "json":
            first = json.dumps('%s é"/\\&=日本 %s' % (secret(), secret()), ensure_ascii=self.chance.random() < 0.5)
            return '{"page":"%s","%s":%s,"list":[1,2],"token" : "%s"}' % (mark, named, first, secret()), "application/json"
        if kind == "deep":
            return ('{"page":"%s","a":{"%s":["%s",{"b":"%s","c":[["%s"]]}]}}' % (mark, named, secret(), secret(), secret()),
                    "application/json")
        if kind == "escaped":
            return ('{"page":"%s","pass\\u0077ord":"%s","\\u0074oken":"\\"%s"}' % (mark, secret(), secret()), "application/json")
        if kind == "nested":
            inner = json.dumps({named: secret(), "inner": json.dumps({"token": secret()})})
            return '{"page":"%s","body":%s}' % (mark, json.dumps(inner)), "application/json"
        if kind == "xml":
            return ('<A><Page>%s</Page><Password>%s</Password><b:AuthToken x="1">%s</b:AuthToken></A>' % (mark, secret(), secret()),
                    "text/xml")
        if kind == "parts":
            return ('--b\r\nContent-Disposition: form-data; name="page"\r\n\r\n%s\r\n--b\r\nContent-Disposition: form-data; '
                    'name="password"\r\n\r\n%s\r\n--b--\r\n' % (mark, secret()), "multipart/form-data; boundary=b")
        if kind == "lines":
            return '{"page":"%s"}\n{"%s":"%s"}\n{"b":2}\n' % (mark, named, secret()), "application/x-ndjson"
        if kind == "events":
            return 'event: %s\ndata: {"%s":"%s"}\n\n' % (mark, named, secret()), "text/event-stream"
        if kind == "foreign":
            return ('{"größe":"日本語 %s","пароль":"ü","%s":"%s","après":"é😀"}' % (mark, named, secret()), "application/json")
        return ("%s password=%s key %s, https://ada:%s@api.test/?token=%s and Bearer %s." % (
            mark, secret(), self.shaped(mark), secret(), secret(), self.secret(mark, 40)), "text/plain")

    KINDS = ("form", "json", "deep", "escaped", "nested", "xml", "parts", "lines", "events", "foreign", "text")

    def add(self, client, make, status=200, way="bytes", has_body=True, path=None):
        number = len(self.calls)
        mark = "harmless-%d-" % number
        where = mark + "url"
        path = "/%d%s?page=%s&%s=%s&x=1&a%%5B%s%%5D=%s&key=%s" % (
            number, path or "", where, self.name(), self.secret(where), self.name(), self.secret(where), self.shaped(where))
        where = mark + "headers"
        headers = [("X-Page", mark + "sent"), ("X-Note", "key " + self.shaped(where)),
                   ("Referer", "https://ada:%s@b.test/?token=%s" % (self.secret(where), self.secret(where)))]
        for at in range(4):
            name = HEADERS[(number * 4 + at) % len(HEADERS)]
            headers.append((name, "Basic " + self.secret("%s, %s" % (where, name))))
        where = mark + "answer's headers"
        answer_headers = [
            ("X-Page", mark + "answered"), ("Set-Cookie", "a=%s; Path=/" % self.secret(where)),
            ("Set-Cookie", "b=" + self.secret(where)), ("X-Auth-Token", self.secret(where)),
            ("Location", "https://ada:%s@c.test/?state=1&access_token=%s" % (self.secret(where), self.secret(where))),
            ("Link", '<https://ada:%s@d.test/1>; rel="next", <https://e.test/?token=%s>' % (self.secret(where), self.secret(where)))]
        sent = make(mark + "sent") if has_body else None
        message = self.secret(mark + "message")
        self.calls.append(Call(number, client, path, headers, sent, answer_headers, make(mark + "answered"), status, way, message))

    def _fill(self, limit):
        known = codings()
        for kind in self.KINDS:
            for coding in known:
                for client in self.clients:
                    # Text is sent as Latin-1, which not all of them is.
                    way = self.chance.choice([way for way in WAYS if not coding or way != "text"])
                    piece = self.chance.choice((1 << 20, 7))
                    self.add(client, lambda mark: Side(*self.texts(mark, kind), coding, piece=piece),
                             self.chance.choice((200, 200, 500, 404)), "bytes" if way == "text" and kind in ("foreign", "json") else way)
        for charset in ("utf-16-le", "utf-16-be", "utf-16", "latin-1"):
            for kind in self.KINDS:
                client = self.chance.choice(self.clients)
                self.add(client, lambda mark: Side(*self.texts(mark, kind), charset=charset))
        # With a large limit, there would be too much to look through.
        for coding in known if limit <= 2000 else ():
            for make in self._cuts(limit, coding):
                self.add(self.chance.choice(self.clients), make)
        for client in self.clients:
            for special in ("refused", "user", "status line", "header", "redirect", "cut"):
                self.add("%s %s" % (client, special), lambda mark: Side(*self.texts(mark, "json")), has_body=False)

    def _cuts(self, limit, coding):
        """Noise that cannot be packed, so that the bytes that are kept end in a secret or right behind."""
        room = limit + SLACK

        def noisy(mark, end, before):
            noise = "".join(self.chance.choice(LETTERS) for _ in range(end - len(mark) - 40 + before))
            where = "%s, cut %d before %d, %s" % (mark, before, end, coding)
            return Side('{"page":"%s","n":"%s","token":"%s","list":[{"password":"%s"}]}' % (
                mark, noise, self.secret(where), self.secret(where)), "application/json", coding)

        def behind(mark, before):
            where = "%s, behind what was redacted, %d, %s" % (mark, before, coding)
            long = "".join(self.chance.choice(LETTERS) for _ in range(room - len(mark) - 40 + before))
            following = self.chance.choice((
                lambda: '"token":"%s"' % self.secret(where), lambda: '"u":"https://ada:%s@f.test/"' % self.secret(where),
                lambda: '"u":"x password=%s"' % self.secret(where), lambda: '"u":"Bearer %s"' % self.secret(where, 40)))()
            return Side('{"page":"%s","secret":"%s",%s,"x":1}' % (mark, long, following), "application/json", coding)

        for end in (room * 4 // 3, limit) if coding else (limit, room):
            for before in range(-40, 60, 4):
                yield lambda mark, end=end, before=before: noisy(mark, end, before)
        for before in range(-60, 20, 3):
            yield lambda mark, before=before: behind(mark, before)
