import Foundation

/// Moto's S3 on a free port of loopback, with a bucket `spool`; a Python that has it is named by `LMON_MOTO`.
final class MotoBucket {
    let port: Int
    private let process: Process
    private let input = Pipe()

    private static let script = #"""
        import os, sys
        from moto.server import ThreadedMotoServer
        server = ThreadedMotoServer(ip_address='127.0.0.1', port=0, verbose=False)
        server.start()
        import boto3
        port = server.get_host_and_port()[1]
        boto3.client('s3', endpoint_url=f'http://127.0.0.1:{port}', region_name='eu-central-1', aws_access_key_id='x',
            aws_secret_access_key='y').create_bucket(
                Bucket='spool', CreateBucketConfiguration={'LocationConstraint': 'eu-central-1'})
        print(port, flush=True)
        # It ends with whoever started it.
        sys.stdin.read()
        os._exit(0)
        """#

    /// Nil if `LMON_MOTO` names none.
    static func start() throws -> MotoBucket? {
        guard let python = ProcessInfo.processInfo.environment["LMON_MOTO"], !python.isEmpty else { return nil }
        return try MotoBucket(python)
    }

    private init(_ python: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-c", Self.script]
        process.standardInput = self.input
        process.standardError = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let port = Int(line.prefix { $0.isNumber }) else {
            process.terminate()
            throw CollectorProcess.Failure(description: "\(python), LMON_MOTO, has no moto with its server and boto3")
        }
        self.port = port
        self.process = process
    }

    deinit { self.stop() }

    func stop() {
        guard self.process.isRunning else { return }
        kill(self.process.processIdentifier, SIGKILL)
        self.process.waitUntilExit()
    }

    /// What agents and viewers need to find it.
    var variables: [String: String] {
        [
            "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:\(self.port)", "AWS_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret",
        ]
    }
}
