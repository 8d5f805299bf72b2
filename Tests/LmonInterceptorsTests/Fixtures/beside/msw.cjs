'use strict';

// Patches as msw's interceptors do: ClientRequest is replaced by a subclass that holds a request back until it is decided
// whether it is mocked, and the global fetch by a function that answers itself or passes on.

const http = require('http');

const Original = http.ClientRequest;

class Held extends Original {
    constructor(...args) {
        super(...args);
        this.isMocked = this.path.includes('mocked');
        this.held = [];
    }

    write(chunk, encoding, callback) {
        if (!this.isMocked) { return super.write(chunk, encoding, callback); }
        this.held.push(chunk);
        return true;
    }

    end(...args) {
        if (!this.isMocked) { return super.end(...args); }
        setImmediate(() => {
            const response = new http.IncomingMessage(this.socket);
            response.statusCode = 299;
            response.push('mocked');
            response.push(null);
            response.complete = true;
            this.res = response;
            this.emit('response', response);
            this.destroy();
        });
        return this;
    }
}

http.ClientRequest = Held;
http.request = (...args) => new Held(...args);
http.get = (...args) => {
    const made = http.request(...args);
    made.end();
    return made;
};

const { fetch } = globalThis;
globalThis.fetch = async (input, init) => {
    if (String(input?.url ?? input).includes('mocked')) { return new Response('mocked', { status: 299 }); }
    const request = new Request(input, init);
    const response = await fetch(request.clone());
    return response.clone();
};
