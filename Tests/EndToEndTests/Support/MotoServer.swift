import Foundation
import LmonTestSupport

/// Moto's S3 on a free port of loopback, with a bucket `spool`. Ended with `stop`.
struct MotoServer {
    let program: RunningProgram
    let port: Int
    /// Whose certificate it has; nil: it speaks plain HTTP.
    let authority: String?

    private static let script = #"""
        import os, sys, threading, warnings
        warnings.filterwarnings('ignore')
        from moto.server import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
        from werkzeug.serving import make_server
        secure = tuple(sys.argv[1:3]) or None
        server = make_server('127.0.0.1', 0, DomainDispatcherApplication(create_backend_app), True,
            request_handler=MotoRequestHandler, ssl_context=secure)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        import boto3
        port = server.server_address[1]
        client = boto3.client('s3', endpoint_url=f'{"https" if secure else "http"}://127.0.0.1:{port}', verify=False,
            region_name='eu-central-1', aws_access_key_id='x', aws_secret_access_key='y')
        client.create_bucket(Bucket='spool', CreateBucketConfiguration={'LocationConstraint': 'eu-central-1'})
        print(f'port {port} ready', flush=True)
        # It ends with whoever started it.
        sys.stdin.read()
        os._exit(0)
        """#

    static func start(in workspace: Workspace, certificates: OwnCertificates? = nil) async throws -> MotoServer {
        let files = certificates.map { [$0.certificate, $0.key] } ?? []
        let arguments = ["-c", Self.script] + files
        let program = try RunningProgram(arguments, in: workspace, executable: BotoPython.path ?? "")
        try await program.wait(for: "ready")
        let words = program.output.split(separator: " ")
        guard let index = words.firstIndex(of: "port"), index + 1 < words.count, let port = Int(words[index + 1]) else {
            throw RunningProgram.TimedOut(description: "not ready: \(program.output)")
        }
        return MotoServer(program: program, port: port, authority: certificates?.authority)
    }

    func stop() { self.program.signal(SIGKILL) }

    private var url: String { "\(self.authority == nil ? "http" : "https")://127.0.0.1:\(self.port)" }

    /// What a program needs to find it; whom to trust is another matter.
    var variables: [String: String] {
        [
            "AWS_ENDPOINT_URL_S3": self.url, "AWS_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token",
        ]
    }

    /// Runs Python with a client named `s3`.
    func run(_ script: String) async throws -> String {
        let client = """
            import boto3, gzip, json, sys, warnings
            warnings.filterwarnings('ignore')
            s3 = boto3.client('s3', endpoint_url='\(self.url)', verify=False, region_name='eu-central-1',
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
