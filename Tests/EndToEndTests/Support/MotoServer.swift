import Foundation
import LmonTestSupport

/// Moto's S3 on a free port of loopback, with a bucket `spool`. Ended with `stop`.
struct MotoServer {
    let program: RunningProgram
    let port: Int

    private static let script = #"""
        import os, sys
        from moto.server import ThreadedMotoServer
        server = ThreadedMotoServer(ip_address='127.0.0.1', port=0, verbose=False)
        server.start()
        import boto3
        host, port = server.get_host_and_port()
        client = boto3.client('s3', endpoint_url=f'http://127.0.0.1:{port}', region_name='eu-central-1',
            aws_access_key_id='x', aws_secret_access_key='y')
        client.create_bucket(Bucket='spool', CreateBucketConfiguration={'LocationConstraint': 'eu-central-1'})
        print(f'port {port} ready', flush=True)
        # It ends with whoever started it.
        sys.stdin.read()
        os._exit(0)
        """#

    static func start(in workspace: Workspace) async throws -> MotoServer {
        let program = try RunningProgram(["-c", Self.script], in: workspace, executable: BotoPython.path ?? "")
        try await program.wait(for: "ready")
        let words = program.output.split(separator: " ")
        guard let index = words.firstIndex(of: "port"), index + 1 < words.count, let port = Int(words[index + 1]) else {
            throw RunningProgram.TimedOut(description: "not ready: \(program.output)")
        }
        return MotoServer(program: program, port: port)
    }

    func stop() { self.program.signal(SIGKILL) }

    /// What a program needs to find it.
    var variables: [String: String] {
        [
            "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:\(self.port)", "AWS_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token",
        ]
    }

    /// Runs Python with a client named `s3`.
    func run(_ script: String) async throws -> String {
        let client = """
            import boto3, gzip, json, sys
            s3 = boto3.client('s3', endpoint_url='http://127.0.0.1:\(self.port)', region_name='eu-central-1',
                aws_access_key_id='x', aws_secret_access_key='y')

            """
        return try await BotoPython.run(client + script)
    }

    /// Every object, its key and its lines, as another client reads them.
    func objects() async throws -> [(key: String, lines: [String])] {
        let output = try await self.run(
            """
            for page in s3.get_paginator('list_objects_v2').paginate(Bucket='spool'):
                for item in page.get('Contents', []):
                    body = s3.get_object(Bucket='spool', Key=item['Key'])['Body'].read()
                    print(item['Key'], flush=True)
                    for line in gzip.decompress(body).decode().splitlines(): print('\\t' + line)
            """
        )
        var objects: [(key: String, lines: [String])] = []
        for line in output.split(separator: "\n") {
            if line.hasPrefix("\t") {
                objects[objects.count - 1].lines.append(String(line.dropFirst()))
            } else {
                objects.append((String(line), []))
            }
        }
        return objects
    }
}
