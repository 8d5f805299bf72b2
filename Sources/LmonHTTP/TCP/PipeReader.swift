import NIOCore
import NIOPosix

/// Reads the end of a pipe on a loop: what a child process writes. Used on the loop only; owns the descriptor.
package final class PipeReader: @unchecked Sendable {
    // Unchecked: every use is on the loop.
    private var channel: (any Channel)?
    private var bytesHandler: (([UInt8]) -> Void)?
    private var endHandler: (() -> Void)?
    private var isClosed = false
    private var isPaused = false

    private init() {}

    /// Takes over `descriptor` and reads until its end. From the loop. `onBytes` is called with each piece as it comes,
    /// `onEnd` once, when all writers have closed or the reader was closed.
    package static func open(
        descriptor: Int32,
        on loop: Loop,
        onBytes: @escaping ([UInt8]) -> Void,
        onEnd: @escaping () -> Void
    ) -> PipeReader {
        let reader = PipeReader()
        reader.bytesHandler = onBytes
        reader.endHandler = onEnd
        let confined = LoopConfined(value: reader)
        NIOPipeBootstrap(group: loop.eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(PipeHandler(confined.value))
                }
            }
            .takingOwnershipOfDescriptor(input: descriptor)
            .whenComplete { result in
                switch result {
                case .success(let channel): confined.value.opened(channel)
                case .failure:
                    // What could not be taken over is still ours.
                    Descriptors.release(descriptor)
                    confined.value.ended()
                }
            }
        return reader
    }

    /// Stops reading; a few pieces that had been read may still come.
    package func pause() { self.setPaused(true) }

    package func resume() { self.setPaused(false) }

    private func setPaused(_ isPaused: Bool) {
        self.isPaused = isPaused
        try? self.channel?.syncOptions?.setOption(.autoRead, value: !isPaused)
    }

    package func close() {
        self.isClosed = true
        self.channel?.close(promise: nil)
    }

    private func opened(_ channel: any Channel) {
        guard self.endHandler != nil else { return }
        self.channel = channel
        if self.isPaused { self.setPaused(true) }
        if self.isClosed { channel.close(promise: nil) }
    }

    fileprivate func received(_ bytes: [UInt8]) { self.bytesHandler?(bytes) }

    fileprivate func ended() {
        let handler = self.endHandler
        self.bytesHandler = nil
        self.endHandler = nil
        self.channel = nil
        handler?()
    }
}

private final class PipeHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let reader: PipeReader

    init(_ reader: PipeReader) {
        self.reader = reader
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.reader.received(Array(self.unwrapInboundIn(data).readableBytesView))
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.reader.ended()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
