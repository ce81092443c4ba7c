package pie.cli.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import pie.cli.PieHome;
import pie.cli.Settings;
import pie.engine.PieException;

/** Look at the folder of pie, its file modes, and the port of the server. */
public final class HomeChecks {
    private static final Set<PosixFilePermission> OTHERS = Set.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private HomeChecks() {}

    public static List<Finding> home() {
        Path home = PieHome.path();
        List<Finding> findings = new ArrayList<>();
        Path existing = home;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (existing == null || !Files.isDirectory(existing) || !Files.isWritable(existing)) {
            findings.add(Finding.failed(
                    "home", home + " cannot be written", "set PIE_HOME to a folder of yours, or change its owner"));
        } else {
            findings.add(Finding.ok("home", home + (Files.exists(home) ? "" : " (made when needed)")));
        }
        for (String secret : List.of("run/internal.token", "auth/users.toml")) {
            Path file = home.resolve(secret);
            if (Files.exists(file) && readableByOthers(file)) {
                findings.add(Finding.failed("home", file + " can be read by others", "chmod 600 " + file));
            }
        }
        return findings;
    }

    /** Look at the options that are set outside of command lines, if any are. */
    public static List<Finding> settings() {
        try {
            int set = Settings.load().all().size();
            return set == 0
                    ? List.of()
                    : List.of(Finding.ok("config", set + " options are set, pie config show lists them"));
        } catch (PieException e) {
            return List.of(
                    Finding.failed("config", e.message(), "mend it; until then no command starts that takes options"));
        }
    }

    public static List<Finding> port(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return List.of(Finding.ok("port", port + " is free"));
        } catch (IOException e) {
            boolean ours =
                    PieHome.server().filter(s -> s.url().getPort() == port).isPresent();
            return List.of(
                    ours
                            ? Finding.ok("port", port + " is used by a running pie server")
                            : Finding.note("port", port + " is in use", "pie serve --port 0 takes a free one"));
        }
    }

    private static boolean readableByOthers(Path file) {
        try {
            return Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS::contains);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
