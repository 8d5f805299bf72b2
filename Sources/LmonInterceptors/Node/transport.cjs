'use strict';

// Records to the agent: one raw socket, HTTP/1.1 posts one after the other, answers only counted. Records are made into
// lines when the event loop has had its turn, and leave then, unless many have just left; in a burst the lines are made
// later as well. What waits does so for a timer, which may be frozen with the process: what a handler leaves is flushed at
// its end. Nothing here keeps the process alive or throws.

const { Told } = require('./lines.cjs');
const { clock, natives, now, shared } = require('./shared.cjs');

/// What mocks sockets, as msw does, must neither see nor answer ours, and what mocks timers must not hold them.
const { Socket, afterTurn, apart, connect, later } = natives;

const MAX_QUEUED = 4 << 20;
const MAX_LINE = 1 << 20;
const MAX_FAILURES = 3;
const RETRY_AFTER_MS = 50;
/// While more calls than this are in flight, the program goes first, for so long and so many bytes at most.
const BURST = 16;
const PATIENCE_MS = 50;
const MAX_WAITING = 2 << 20;
/// While a handler waits for calls, posts are so far apart, but for a few that go ahead of it, and those that are so long:
/// each wakes the agent, which takes from the program where cores are few. One that waits for none may have begun to reckon
/// until it is killed: all that it did before is told.
const PACE_MS = 5;
const AHEAD_MS = 8 * PACE_MS;
const MAX_POST = 64 << 10;
/// So many records are made into lines in one turn: more would make a call wait for half a millisecond.
const SLICE = 64;

class Transport {
    /// `run` runs our code guarded.
    constructor(address, run, whenGone) {
        const colon = address.lastIndexOf(':');
        const host = address.slice(0, colon).replace('[', '').replace(']', '');
        // A lookup through DNS would hold the process.
        this.host = host.startsWith('sandbox') ? shared.sandbox : host;
        this.port = Number(address.slice(colon + 1));
        this.head = `POST /v1/events HTTP/1.1\r\nHost: ${address}\r\nContent-Type: application/x-ndjson\r\n`
            + 'Lmon-Redacted: true\r\nContent-Length: ';
        this.whenGone = whenGone;
        this.queue = [];
        this.bytes = 0;
        /// Lines that wait for their post, and how many records are lost with them: those that they tell of as lost, too.
        this.lines = '';
        this.lineCount = 0;
        this.socket = null;
        this.connected = false;
        this.unanswered = [];
        this.tail = '';
        this.failures = 0;
        this.failedAt = -Infinity;
        this.dropped = 0;
        this.scheduled = false;
        this.waits = false;
        this.closed = !(this.port > 0 && this.port < 65536);
        const write = (most) => this.write(most);
        /// Everything leaves now, and until `pace` what comes does not wait: the process may be frozen.
        this.flush = () => {
            this.isPaced = false;
            run(write, Infinity);
        };
        this.writeSlice = () => run(write, SLICE);
        this.turn = () => this.endTurn();
        this.due = () => this.writeSome();
        this.timer = null;
        /// A process that Lambda cannot freeze is like one whose handler runs.
        this.isPaced = !shared.isFreezable;
        /// Until when the posts so far would have taken, so far apart.
        this.busyUntil = -Infinity;
        this.pacer = null;
        this.isHeld = false;
        this.post = () => run(() => this.endPace());
    }

    /// A handler runs.
    pace() { this.isPaced = true; }

    /// Queues one record of about `size` bytes. Its `render` makes its line at the end of this turn of the event loop, when
    /// the program has had its turn, and the line leaves then.
    send(record, size) {
        if (this.closed) { return; }
        const backlog = this.bytes + (this.socket === null ? 0 : this.socket.writableLength);
        if (backlog + size > MAX_QUEUED) {
            this.dropped += 1;
            return;
        }
        this.queue.push(record);
        this.bytes += size;
        if (this.scheduled && !(this.waits && this.bytes > MAX_WAITING)) { return; }
        this.scheduled = true;
        if (this.isBurst()) { this.wait(); } else { this.waits = false; afterTurn(this.turn); }
    }

    isBurst() {
        return shared.inFlight > BURST && this.connected && this.bytes <= MAX_WAITING;
    }

    wait() {
        this.waits = true;
        if (this.timer !== null) {
            this.timer.refresh();
            return;
        }
        this.timer = apart.runInAsyncScope(later, undefined, this.due, PATIENCE_MS).unref();
    }

    endTurn() {
        if (this.isBurst()) { this.wait(); } else { this.writeSome(); }
    }

    writeSome() {
        this.waits = false;
        this.writeSlice();
        // While it is being connected, its end is waited for.
        const { connected } = this;
        this.scheduled = !this.closed && (connected ? this.queue.length > 0 : this.socket === null && this.hasRecords());
        if (!this.scheduled) { return; }
        if (connected) { afterTurn(this.due); } else { this.wait(); }
    }

    /// Makes lines of what is queued, of `most` records, and posts them if it is time: then they are with the kernel when
    /// this returns.
    write(most) {
        if (this.closed || !this.hasRecords()) { return; }
        if (this.socket === null && !this.open()) { return; }
        if (!this.connected) { return; }
        this.render(most);
        if (this.lineCount === 0) { return; }
        const isSoon = this.isPaced && shared.inFlight > 0 && this.lines.length < MAX_POST
            && this.busyUntil - now() > AHEAD_MS;
        if (isSoon) { this.hold(); } else { this.postLines(); }
    }

    hasRecords() { return this.queue.length > 0 || this.lineCount > 0 || this.dropped > 0; }

    render(most) {
        const queue = this.queue.splice(0, most);
        this.bytes = this.queue.length === 0 ? 0 : this.bytes * this.queue.length / (this.queue.length + queue.length);
        if (this.dropped > 0) {
            const record = { count: this.dropped, reason: 'interceptor queue', sink: 'interceptor' };
            this.lines += `${new Told('lmon.dropped', clock(), undefined, () => record).render()}\n`;
            this.lineCount += this.dropped;
            this.dropped = 0;
        }
        for (const record of queue) {
            const line = lineOf(record);
            if (line.length === 0 || line.length > MAX_LINE) {
                this.dropped += 1;
            } else {
                this.lines += line + '\n';
                this.lineCount += 1;
            }
        }
    }

    hold() {
        if (this.isHeld) { return; }
        this.isHeld = true;
        if (this.pacer === null) {
            this.pacer = apart.runInAsyncScope(later, undefined, this.post, PACE_MS).unref();
        } else {
            apart.runInAsyncScope(this.pacer.refresh, this.pacer);
        }
    }

    endPace() {
        this.isHeld = false;
        if (this.connected && this.lineCount > 0) { this.postLines(); }
    }

    postLines() {
        const { lines } = this;
        this.unanswered.push(this.lineCount);
        this.lines = '';
        this.lineCount = 0;
        const at = now();
        this.busyUntil = Math.min(Math.max(this.busyUntil, at), at + AHEAD_MS) + PACE_MS;
        const size = Buffer.byteLength(lines);
        // What is ASCII is written faster if it is said to be.
        this.socket.write(`${this.head}${size}\r\n\r\n${lines}`, size === lines.length ? 'latin1' : 'utf8');
    }

    open() {
        if (now() - this.failedAt < RETRY_AFTER_MS * this.failures) { return false; }
        // Answers are read into one buffer: a new one for each would be of 64 KiB.
        const answer = Buffer.allocUnsafe(4096);
        const callback = (size, buffer) => {
            this.answered(buffer.latin1Slice(0, size));
            return true;
        };
        const socket = new Socket({ noDelay: true, onread: { buffer: answer, callback } });
        apart.runInAsyncScope(connect, socket, { host: this.host, port: this.port });
        this.socket = socket;
        socket.unref();
        socket.on('connect', () => { this.connected = true; this.endTurn(); });
        socket.on('error', () => {});
        socket.on('close', () => this.lost());
        return true;
    }

    answered(text) {
        const seen = this.tail + text;
        let at = seen.indexOf('HTTP/1.1 ');
        for (; at >= 0 && seen.length >= at + 12; at = seen.indexOf('HTTP/1.1 ', at + 9)) {
            const count = this.unanswered.shift() ?? 0;
            if (seen[at + 9] === '2') {
                this.failures = 0;
            } else {
                this.dropped += count;
                this.failed();
            }
        }
        this.tail = at >= 0 ? seen.slice(at) : seen.slice(-8);
    }

    lost() {
        for (const count of this.unanswered) { this.dropped += count; }
        this.unanswered = [];
        this.socket = null;
        this.connected = false;
        this.tail = '';
        this.failed();
        // Something may have come while the connection was going down; it is not made again at once.
        if (this.closed || !this.hasRecords() || this.scheduled) { return; }
        this.scheduled = true;
        this.wait();
    }

    failed() {
        this.failures += 1;
        this.failedAt = now();
        if (this.failures < MAX_FAILURES) { return; }
        this.close();
        this.whenGone();
    }

    close() {
        this.closed = true;
        this.queue = [];
        this.lines = '';
        this.lineCount = 0;
        if (this.socket !== null) { this.socket.end(); }
    }
}

/// '' for what cannot be rendered.
function lineOf(record) {
    try { return record.render(); } catch { return ''; }
}

module.exports = { Transport };
