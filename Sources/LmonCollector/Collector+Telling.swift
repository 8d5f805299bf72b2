import Dispatch
import LmonHTTP
import LmonStore

/// What is asked about the collector itself.
extension Collector {
    func tellFunctions(_ responder: Responder) {
        let (loop, store, responder) = (self.loop, self.store, Handed(responder))
        DispatchQueue.global(qos: .userInitiated).async {
            let functions = Result { () throws(CollectorStoreError) in try store.functions }
            loop.execute {
                switch functions {
                case .success(let functions): responder.value.respond(json: functions.json)
                case .failure(let error): responder.value.respond(Refusal(error))
                }
            }
        }
    }

    /// 200 as long as the last commit went well.
    func tellHealth(_ responder: Responder) {
        if let failure { return responder.respond(Refusal(failure)) }
        if self.isStopping { return responder.respond(.later(503, "the collector ends")) }
        responder.respond(status: 200, headers: ["Content-Type": "text/plain"], body: Array("ok\n".utf8))
    }

    func tellMetrics(_ responder: Responder) {
        var gauges = CollectorMetrics.Gauges()
        gauges.viewers = self.streams.count
        gauges.stalledViewers = self.streams.stalled
        gauges.pendingBytes = self.pendingBytes
        gauges.cursor = self.streams.newest
        gauges.pagesRead = self.streams.pagesRead
        gauges.piecesSent = self.streams.piecesSent
        let (loop, store, metrics, handed) = (self.loop, self.store, self.metrics, Handed(responder))
        DispatchQueue.global(qos: .userInitiated).async { [gauges] in
            var gauges = gauges
            gauges.trimmed = store.trimmed
            gauges.storeBytes = try? store.usedBytes
            let text = metrics.text(gauges)
            loop.execute {
                let headers: HTTPHeaders = ["Content-Type": "text/plain; version=0.0.4"]
                handed.value.respond(status: 200, headers: headers, body: Array(text.utf8))
            }
        }
    }
}
