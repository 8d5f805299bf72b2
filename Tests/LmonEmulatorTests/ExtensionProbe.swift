/// An extension as its author would write it: registers by its file's name, subscribes to telemetry, and prints what it
/// gets. The variable `PROBE` says how it misbehaves.
enum ExtensionProbe {
    static let script = #"""
        #!/usr/bin/env python3
        import http.client, http.server, json, os, sys, threading, time
        api, mode = os.environ['AWS_LAMBDA_RUNTIME_API'], os.environ.get('PROBE', '')
        def say(*words): os.write(1, (' '.join(str(word) for word in words) + '\n').encode())
        def ask(method, path, headers, body=None):
            connection = http.client.HTTPConnection(api)
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer, answer.read()
        def fail(kind):
            ask('POST', '/2020-01-01/extension/' + kind + '/error', {**mine, 'Lambda-Extension-Function-Error-Type': 'Extension.Own'})
            sys.exit(1)
        if mode == 'exit-before-register': sys.exit(0)
        name = os.path.basename(sys.argv[0])
        answer, body = ask('POST', '/2020-01-01/extension/register', {'Lambda-Extension-Name': name},
                           json.dumps({'events': ['INVOKE', 'SHUTDOWN']}))
        mine = {'Lambda-Extension-Identifier': answer.headers['Lambda-Extension-Identifier']}
        say('registered', name, answer.status, 'arguments', len(sys.argv) - 1)
        say('variables', ' '.join(sorted(os.environ)))
        if mode == 'init-error': fail('init')
        # Of the invocation that runs: the report of the one before it may come after its beginning.
        ended, running = threading.Event(), None
        class Telemetry(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                for event in json.loads(self.rfile.read(int(self.headers['content-length']))):
                    record = event['record']
                    status = record.get('status', '') if isinstance(record, dict) else ''
                    say('telemetry', event['type'], status)
                    if event['type'] == 'platform.report' and record['requestId'] == running: ended.set()
                self.send_response(200)
                self.send_header('content-length', '0')
                self.end_headers()
            def log_message(self, *_): pass
        server = http.server.HTTPServer(('127.0.0.1', 0), Telemetry)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        ask('PUT', '/2022-07-01/telemetry', mine, json.dumps({
            'schemaVersion': '2022-12-13', 'types': ['platform', 'function'], 'buffering': {'timeoutMs': 25},
            'destination': {'protocol': 'HTTP', 'URI': f'http://sandbox.localdomain:{server.server_port}'}}))
        while True:
            answer, body = ask('GET', '/2020-01-01/extension/event/next', mine)
            event = json.loads(body)
            say('event', event['eventType'], event.get('shutdownReason', ''))
            if event['eventType'] == 'SHUTDOWN':
                if mode == 'ignore-shutdown': continue
                # Telemetry of the last invocation may come after it.
                if mode != 'impatient': ended.wait(1.5)
                say('done')
                sys.exit(0)
            ended.clear()
            running = event['requestId']
            if mode == 'exit': os._exit(0)
            if mode == 'exit-error': fail('exit')
            if mode == 'hold': time.sleep(1000)
        """#
}
