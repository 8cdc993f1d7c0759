package dev.uring.bench;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** An echo server of Netty's: writes what comes in, and flushes when no more has come. */
@ChannelHandler.Sharable
final class EchoNetty extends ChannelInboundHandlerAdapter {
    /** Starts one and answers its port. */
    static int start(NettyTransport transport) throws InterruptedException {
        return transport.start(0, new EchoNetty());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        context.write(message, context.voidPromise());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.flush();
    }
}
