package dev.uring.bench;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringBufferRingConfig;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringFixedBufferRingAllocator;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A way of Netty's to reach the kernel, with one event loop for all connections. */
enum NettyTransport {
    /** On java.nio. */
    NIO(NioServerSocketChannel.class),
    /** On Netty's own library, which knows epoll. */
    EPOLL(EpollServerSocketChannel.class),
    /**
     * On Netty's own library, which knows io_uring: multishot accept and receive, and a ring of 1024 provided buffers
     * of 8 KiB, each used up piece by piece where the kernel can do so, which is Netty's own default for such rings.
     */
    IO_URING(IoUringServerSocketChannel.class);

    private static final int BACKLOG = 1024;
    private static final short GROUP = 0;
    private static final short RING_BUFFERS = 1024;
    private static final int RING_BUFFER_BYTES = 8192;
    /** How many buffers Netty adds when a ring runs low. */
    private static final int RING_BATCH = 64;

    private final Class<? extends ServerChannel> type;

    NettyTransport(Class<? extends ServerChannel> type) {
        this.type = type;
    }

    /**
     * Starts a server on 127.0.0.1, on a daemon thread, which ends with the process.
     *
     * @param port    0 for any
     * @param handler of each connection
     * @return its port
     */
    int start(int port, ChannelHandler handler) throws InterruptedException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("netty", true), factory()))
                .channel(type)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(handler);
        if (this == IO_URING) {
            bootstrap.childOption(IoUringChannelOption.IO_URING_BUFFER_GROUP_ID, GROUP);
        }
        Channel listener = bootstrap.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)).sync().channel();
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** Answers why it cannot be used here, or null if it can. */
    String missing() {
        return this == IO_URING && !IoUring.isAvailable() ? IoUring.unavailabilityCause().toString() : null;
    }

    private IoHandlerFactory factory() {
        return switch (this) {
            case NIO -> NioIoHandler.newFactory();
            case EPOLL -> EpollIoHandler.newFactory();
            case IO_URING -> IoUringIoHandler.newFactory(new IoUringIoHandlerConfig()
                    .setSingleIssuer(true)
                    .setBufferRingConfig(IoUringBufferRingConfig.builder()
                            .bufferGroupId(GROUP)
                            .bufferRingSize(RING_BUFFERS)
                            .batchSize(RING_BATCH)
                            .allocator(new IoUringFixedBufferRingAllocator(RING_BUFFER_BYTES))
                            .build()));
        };
    }
}
