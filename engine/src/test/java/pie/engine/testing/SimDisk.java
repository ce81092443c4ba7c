package pie.engine.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import pie.engine.snapshot.Disk;

/**
 * Simulate a disk that promises no more than POSIX does: what was written and not synced may be lost, cut or garbage after a crash, and
 * names that were made, replaced or removed without a sync of their directory may have any of their states since the last one.
 */
public final class SimDisk implements Disk {
    /** Break one operation. */
    public enum Fault {
        /** The disk is full. */
        FULL,
        /** A write takes only some of its bytes, as it may. */
        SHORT,
        /** A sync fails, and what it should have kept is lost. */
        SYNC,
        /** A rename says that it failed, and has happened all the same. */
        TORN,
        /** A read fails. */
        READ,
        /** The machine stops; see {@link SimDisk#crash}. */
        CRASH
    }

    /** Say that the machine stopped. */
    public static final class Crash extends Error {
        private static final long serialVersionUID = 1;
    }

    private static final class Node {
        byte[] content = new byte[0];
        byte[] durable = new byte[0];
        long modified;
    }

    private final InstantSource clock;
    private final Random random;
    private final Map<String, Node> names = new TreeMap<>();
    private final Map<String, Node> durable = new TreeMap<>();
    /** States of a name since its directory was synced. */
    private final Map<String, List<@Nullable Node>> since = new HashMap<>();

    private final Map<String, Boolean> directories = new TreeMap<>();
    private long operations;
    private long faultAt = Long.MAX_VALUE;
    private Fault fault = Fault.FULL;
    private boolean struck;
    private boolean stopped;

    public SimDisk(InstantSource clock, long seed) {
        this.clock = clock;
        random = new Random(seed);
        directories.put("", true);
    }

    /** Break the first operation from number {@code operation} on that can break like this. */
    public synchronized void breakAt(long operation, Fault how) {
        faultAt = operation;
        fault = how;
        struck = false;
    }

    /** Return how many operations there were. */
    public synchronized long operations() {
        return operations;
    }

    /** Say whether the fault has happened. */
    public synchronized boolean struck() {
        return struck;
    }

    /** Start the machine again: what is left is what was durable, and by chance more. */
    public synchronized void crash() {
        for (var state : since.entrySet()) {
            List<@Nullable Node> states = state.getValue();
            int pick = random.nextInt(states.size() + 1);
            if (pick < states.size()) {
                put(durable, state.getKey(), states.get(pick));
            }
        }
        since.clear();
        directories.entrySet().removeIf(entry -> !entry.getValue() && random.nextBoolean());
        directories.replaceAll((path, synced) -> true);
        durable.keySet().removeIf(path -> !directories.containsKey(parent(path)));
        names.clear();
        names.putAll(durable);
        for (Node node : names.values()) {
            if (node.durable != node.content) {
                node.content = damaged(node);
                node.durable = node.content;
            }
        }
        stopped = false;
        faultAt = Long.MAX_VALUE;
    }

    private byte[] damaged(Node node) {
        int kept = node.content.length == 0 ? 0 : random.nextInt(node.content.length + 1);
        byte[] content = Arrays.copyOf(node.content, random.nextBoolean() ? kept : node.content.length);
        for (int i = kept; i < content.length; i++) {
            content[i] = (byte) random.nextInt();
        }
        return switch (random.nextInt(3)) {
            case 0 -> node.durable;
            case 1 -> content;
            default -> new byte[node.content.length];
        };
    }

    /** Turn one bit of a file around. */
    public synchronized void flip(String path, int bit) {
        Node node = java.util.Objects.requireNonNull(names.get(path));
        byte[] content = node.content.clone();
        content[bit / 8] ^= (byte) (1 << bit % 8);
        node.content = content;
        node.durable = content;
    }

    /** Return the paths of all files. */
    public synchronized List<String> files() {
        return List.copyOf(names.keySet());
    }

    /** Count an operation. Return whether it is to break in one of these ways. */
    private boolean breaks(Fault... ways) {
        if (stopped) {
            throw new Crash();
        }
        if (operations++ < faultAt || struck) {
            return false;
        }
        if (fault == Fault.CRASH) {
            stopped = true;
            struck = true;
            throw new Crash();
        }
        struck = Arrays.asList(ways).contains(fault);
        return struck;
    }

    private static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    private static void put(Map<String, Node> map, String path, @Nullable Node node) {
        if (node == null) {
            map.remove(path);
        } else {
            map.put(path, node);
        }
    }

    private void name(String path, @Nullable Node node) throws IOException {
        if (!directories.containsKey(parent(path))) {
            throw new NoSuchFileException(path);
        }
        put(names, path, node);
        since.computeIfAbsent(path, p -> new ArrayList<>()).add(node);
    }

    private Node node(String path) throws NoSuchFileException {
        Node node = names.get(path);
        if (node == null) {
            throw new NoSuchFileException(path);
        }
        return node;
    }

    @Override
    public synchronized List<String> list(String directory) {
        breaks();
        List<String> found = new ArrayList<>();
        for (Map<String, ?> map : List.of(names, directories)) {
            for (String path : map.keySet()) {
                if (!path.isEmpty() && parent(path).equals(directory)) {
                    found.add(path.substring(directory.isEmpty() ? 0 : directory.length() + 1));
                }
            }
        }
        return found;
    }

    @Override
    public synchronized byte[] read(String path) throws IOException {
        if (breaks(Fault.READ)) {
            throw new IOException("read failed on purpose");
        }
        return node(path).content.clone();
    }

    @Override
    public synchronized long size(String path) throws IOException {
        breaks();
        return node(path).content.length;
    }

    @Override
    public synchronized long modified(String path) throws IOException {
        breaks();
        return node(path).modified;
    }

    @Override
    public synchronized Output create(String path) throws IOException {
        if (breaks(Fault.FULL)) {
            throw new IOException("No space left on device");
        }
        Node node = new Node();
        node.modified = clock.millis();
        name(path, node);
        return new Output() {
            @Override
            public int write(ByteBuffer bytes) throws IOException {
                return SimDisk.this.write(node, bytes);
            }

            @Override
            public void sync() throws IOException {
                SimDisk.this.sync(node);
            }

            @Override
            public void close() {
                // nothing is held
            }
        };
    }

    private synchronized int write(Node node, ByteBuffer bytes) throws IOException {
        int count = bytes.remaining();
        if (breaks(Fault.FULL, Fault.SHORT)) {
            count = Math.max(1, random.nextInt(count));
            if (fault == Fault.FULL) {
                throw new IOException("No space left on device");
            }
        }
        byte[] content = Arrays.copyOf(node.content, node.content.length + count);
        bytes.get(content, node.content.length, count);
        node.content = content;
        return count;
    }

    private synchronized void sync(Node node) throws IOException {
        if (breaks(Fault.SYNC)) {
            node.content = node.durable;
            throw new IOException("sync failed on purpose");
        }
        node.durable = node.content;
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        boolean torn = breaks(Fault.TORN);
        Node node = node(from);
        name(to, node);
        name(from, null);
        if (torn) {
            throw new IOException("rename failed on purpose");
        }
    }

    @Override
    public synchronized void delete(String path) throws IOException {
        breaks();
        if (names.containsKey(path)) {
            name(path, null);
        }
    }

    @Override
    public synchronized void makeDirectory(String path) throws IOException {
        if (breaks(Fault.FULL)) {
            throw new IOException("No space left on device");
        }
        if (!directories.containsKey(parent(path))) {
            throw new NoSuchFileException(path);
        }
        directories.putIfAbsent(path, false);
    }

    @Override
    public synchronized void sync(String directory) throws IOException {
        if (breaks(Fault.SYNC)) {
            throw new IOException("sync failed on purpose");
        }
        since.keySet().removeIf(path -> {
            boolean within = parent(path).equals(directory);
            if (within) {
                put(durable, path, names.get(path));
            }
            return within;
        });
        directories.replaceAll(
                (path, synced) -> synced || (!path.isEmpty() && parent(path).equals(directory)));
    }
}
