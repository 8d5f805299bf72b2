import LmonAgent
import LmonEmulator
import LmonHTTP
import LmonProject
import LmonRecord
import LmonStore
import LmonSupervisor

/// The emulator with all that watches it, in this process: monitor core, tee, session file.
final class EmbeddedSession: Sendable {
    struct Endpoints: Sendable {
        let invoke: EmulatorEndpoints
        let tee: HostPort?
    }

    let project: Project
    let endpoints: Endpoints
    let emulator: Emulator
    let core: MonitorCore
    /// What is to be said once about how functions run here.
    let notices: [String]
    let store: SessionStore?
    let rows: RowKeeper?
    let supervisor: Supervisor
    private let loop: Loop
    private let watching: Watching
    private let layers: LayerFolders
    private let tee: Tee?
    private let upload: SpoolUpload?
    /// Where the records go to besides.
    let spool: String?
    /// What is to be said as it happens.
    let news: AsyncStream<String>

    private init(_ parts: Parts, _ endpoints: Endpoints, tee: Tee?, notices: [String]) {
        self.project = parts.project
        self.emulator = parts.emulator
        self.core = parts.core
        self.store = parts.store
        self.rows = parts.rows
        self.supervisor = parts.supervisor
        self.loop = parts.loop
        self.watching = parts.watching
        self.layers = parts.layers
        self.upload = parts.upload
        self.spool = parts.spool
        self.news = parts.news
        self.endpoints = endpoints
        self.tee = tee
        self.notices = notices
    }

    /// What exists before anything listens.
    private struct Parts {
        let project: Project
        let supervisor: Supervisor
        let loop: Loop
        let core: MonitorCore
        let emulator: Emulator
        let store: SessionStore?
        let rows: RowKeeper?
        let watching: Watching
        let layers: LayerFolders
        let upload: SpoolUpload?
        let spool: String?
        let news: AsyncStream<String>
    }

    /// Starts everything for what lies at `path`.
    static func start(_ path: String, _ options: SessionOptions, supervisor: Supervisor? = nil) async throws
        -> EmbeddedSession
    {
        let project = try options.emulator.discover(path)
        let spool = try options.record.spoolTarget()
        let layers = try options.emulator.layers(of: project)
        let configuration = try options.emulator.configuration(of: project, layers)
        var notices = project.warnings.map(\.description) + configuration.pythonNotices
        let store = options.record.create(source: "emulator \(path)", name: project.title(path), notices: &notices)
        do {
            let loop = Loop()
            let core = MonitorCore(loop: loop)
            if let store { await core.attach(StoreSink(store)) }
            let rows = store.map { RowKeeper($0) }
            if let rows { await core.attach(rows) }
            let supervisor = try supervisor ?? Supervisor.start()
            let interceptors = InterceptorVariables()
            let watching = try await Watching.start(
                options.emulator,
                core,
                configuration,
                interceptors,
                spool: spool
            )
            let (news, teller) = AsyncStream.makeStream(of: String.self, bufferingPolicy: .bufferingNewest(100))
            var upload: SpoolUpload?
            if let spool, !watching.sendsToSpool {
                upload = await SpoolUpload.start(to: spool, core: core) { teller.yield($0) }
            }
            let emulator = try Emulator(
                watching.extended(configuration),
                loop: loop,
                supervisor: supervisor,
                hooks: watching.hooks,
                observe: watching.observe
            )
            let parts = Parts(
                project: project,
                supervisor: supervisor,
                loop: loop,
                core: core,
                emulator: emulator,
                store: store,
                rows: rows,
                watching: watching,
                layers: layers,
                upload: upload,
                spool: spool?.text,
                news: news
            )
            return try await Self.listen(parts, options, notices)
        } catch {
            store?.close()
            layers.remove()
            throw error
        }
    }

    private static func listen(_ parts: Parts, _ options: SessionOptions, _ notices: [String]) async throws
        -> EmbeddedSession
    {
        var notices = notices
        let invoke: EmulatorEndpoints
        do {
            invoke = try await parts.emulator.start()
        } catch let error as NetworkError {
            await parts.emulator.stop()
            throw Failure.run("the Invoke API cannot start: \(error)", detail: [])
        }
        if invoke.isPortReplaced {
            notices.append("port 9000 is taken: the Invoke API is on port \(invoke.port)")
        }
        do {
            let tee = try await options.tee.listen(parts.core)
            if let tee, options.tee.tee == nil, tee.port != HostPort.tee.port {
                notices.append("port 4244 is taken: the records are on port \(tee.port)")
            }
            let address = tee.map { HostPort(host: options.tee.tee?.host ?? "127.0.0.1", port: $0.port) }
            let endpoints = Endpoints(invoke: invoke, tee: address)
            return EmbeddedSession(parts, endpoints, tee: tee, notices: notices)
        } catch {
            await parts.emulator.stop()
            throw Failure.run("the tee cannot start: \(error)")
        }
    }

    /// The agent tells of an invocation's end with the next one, or when its environment ends.
    var tellsLate: Bool { if case .agent = self.watching { true } else { false } }

    /// Ends the environments as Lambda would, hands on what they still said, and closes the session file.
    func end() async {
        await self.emulator.stop()
        await self.watching.close()
        await self.core.flush()
        if let loss = await self.upload?.close() { Note.write("lmon: \(loss)") }
        await self.tee?.close()
        self.rows?.conclude()
        self.store?.close()
        await self.loop.shutdown()
        self.supervisor.stop()
        self.layers.remove()
    }
}

extension Project {
    /// A name for the session's file.
    fileprivate func title(_ path: String) -> String {
        guard let first = self.functions.first else { return path }
        return self.functions.count == 1 ? first.name.value : "\(first.name.value)-\(self.functions.count)"
    }
}
