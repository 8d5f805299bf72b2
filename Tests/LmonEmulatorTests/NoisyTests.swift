import Foundation
import LmonEmulator
import LmonHTTP
import LmonJSON
import LmonRecord
import LmonTestSupport
import Testing

/// Programs that write all the time, also in the very moment in which they call.
@Suite(.exclusive, .timeLimit(.minutes(2))) struct NoisyTests {
    /// Speaks for the runtime, or, started under that name, for the extension `noisy`; a thread of it writes a line every moment.
    private static let program = #"""
        #!/usr/bin/env python3
        import http.client, os, sys, threading, time
        def write():
            while True:
                os.write(1, b'x' * 40 + b'\n')
                time.sleep(0.0002)
        threading.Thread(target=write, daemon=True).start()
        connection = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
        def ask(method, path, headers={}, body=None):
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.headers
        if os.path.basename(sys.argv[0]) == 'noisy':
            headers = ask('POST', '/2020-01-01/extension/register', {'Lambda-Extension-Name': 'noisy'}, '{"events":["INVOKE"]}')
            mine = {'Lambda-Extension-Identifier': headers['Lambda-Extension-Identifier']}
            while True: ask('GET', '/2020-01-01/extension/event/next', mine)
        while True:
            request = ask('GET', '/2018-06-01/runtime/invocation/next')['Lambda-Runtime-Aws-Request-Id']
            ask('POST', '/2018-06-01/runtime/invocation/' + request + '/response', {}, '1')
        """#

    @Test func whatIsWrittenDuringACallDoesNotDisturbIt() async throws {
        let functions: (URL) -> [EmulatedFunction] = { folder in
            let extensionFile = folder.appendingPathComponent("noisy").path
            chmod(extensionFile, 0o755)
            var function = EmulatedFunction(
                name: "f",
                runtime: .command(executable: "python3", arguments: ["runtime.py"]),
                handler: "none",
                codeFolder: folder.path
            )
            function.extensions = [ExternalExtension(name: "noisy", executable: extensionFile)]
            return [function]
        }
        let files = ["runtime.py": Self.program, "noisy": Self.program]
        // Watching for changes of the code is not what is tried here.
        try await Rig.run(files: files, functions: functions, configure: { $0.reloads = false }) { rig in
            for _ in 1...150 {
                let response = try await rig.post()
                #expect(response.text == "1")
            }
        }
    }
}
