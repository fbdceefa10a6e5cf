package io.godwit.nbd;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/// Makes connections to a server: over TCP without delay, or over a Unix socket.
final class NbdConnector {
    private final NbdUri uri;
    private final BooleanSupplier givenUp;

    /// @param givenUp asked while waiting, also by the connections that are made
    NbdConnector(NbdUri uri, BooleanSupplier givenUp) {
        this.uri = uri;
        this.givenUp = givenUp;
    }

    /// Connects to the first address of the server that answers, and agrees on the export.
    ///
    /// @throws GodwitException `NOT_FOUND` where there is no such socket or export, `DENIED` where
    ///     it may not be used, `INVALID` where nobody speaks NBD, or only with TLS
    /// @throws NbdConnectionLost when nobody answers
    NbdConnection connect(NbdPatience patience) {
        return switch (uri.server()) {
            case NbdUri.Server.Unix unix -> unix(unix.socket(), patience);
            case NbdUri.Server.Tcp tcp -> tcp(tcp, patience);
        };
    }

    private NbdConnection unix(Path socket, NbdPatience patience) {
        if (!Files.exists(socket)) {
            throw new GodwitException(FailureKind.NOT_FOUND, "no such socket: " + socket)
                    .withObject(uri.text())
                    .withHint("start the server, or look at the path behind socket=");
        }
        return connect(StandardProtocolFamily.UNIX, UnixDomainSocketAddress.of(socket), patience);
    }

    private NbdConnection tcp(NbdUri.Server.Tcp tcp, NbdPatience patience) {
        NbdConnectionLost last = new NbdConnectionLost("the host has no address");
        for (InetAddress address : addresses(tcp.host())) {
            boolean four = address.getAddress().length == 4;
            StandardProtocolFamily family =
                    four ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
            try {
                return connect(family, new InetSocketAddress(address, tcp.port()), patience);
            } catch (NbdConnectionLost refused) {
                last = refused;
            }
        }
        throw last;
    }

    private static InetAddress[] addresses(String host) {
        try {
            return InetAddress.getAllByName(host);
        } catch (UnknownHostException unknown) {
            throw new NbdConnectionLost("the host has no address", unknown);
        }
    }

    private NbdConnection connect(
            StandardProtocolFamily family, SocketAddress address, NbdPatience patience) {
        NbdWire wire;
        try {
            SocketChannel channel = SocketChannel.open(family);
            if (family != StandardProtocolFamily.UNIX) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            }
            wire = NbdWire.over(channel, patience.idle(), givenUp);
        } catch (IOException | UnsupportedOperationException impossible) {
            throw new NbdConnectionLost(
                    "cannot make a socket: " + impossible.getMessage(), impossible);
        }
        try {
            wire.connect(address, patience.connect());
            return new NbdConnection(wire, new NbdHandshake(wire, uri).negotiate());
        } catch (RuntimeException failed) {
            wire.close();
            throw failed;
        }
    }
}
