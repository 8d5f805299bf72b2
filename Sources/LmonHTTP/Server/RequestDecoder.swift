import NIOCore
import NIOHTTP1

/// NIO's decoder, watched: the connection hears of bytes that do not make up a head yet, which no handler behind the
/// decoder sees. A handler before it would cost each read a turn.
final class RequestDecoder: ByteToMessageDecoder {
    typealias InboundOut = HTTPServerRequestPart

    private let connection: ServerConnection
    private let decoder: HTTPRequestDecoder

    init(limits: NIOHTTPDecoderLimitConfiguration, connection: ServerConnection) {
        self.connection = connection
        self.decoder = HTTPRequestDecoder(
            leftOverBytesStrategy: .dropBytes,
            informationalResponseStrategy: .drop,
            limitConfiguration: limits
        )
    }

    func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard !self.connection.isLingering else {
            // Nobody wants it, and a decoder that has seen an upgrade would keep it.
            buffer.moveReaderIndex(to: buffer.writerIndex)
            return .needMoreData
        }
        let before = self.connection.partsSeen
        let state = try self.decoder.decode(context: context, buffer: &buffer)
        self.connection.decoded(anything: self.connection.partsSeen != before, isLeftOver: buffer.readableBytes > 0)
        return state
    }

    func decodeLast(context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool) throws -> DecodingState {
        guard !self.connection.isLingering else { return .needMoreData }
        return try self.decoder.decodeLast(context: context, buffer: &buffer, seenEOF: seenEOF)
    }

    func decoderAdded(context: ChannelHandlerContext) { self.decoder.decoderAdded(context: context) }

    func decoderRemoved(context: ChannelHandlerContext) { self.decoder.decoderRemoved(context: context) }
}
