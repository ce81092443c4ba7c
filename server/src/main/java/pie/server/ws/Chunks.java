package pie.server.ws;

import pie.server.programs.ProgramStore;

/** Cut what is too large for one frame of the clients into file chunks. */
final class Chunks {
    static final int SIZE = 256 << 10;

    private Chunks() {}

    static int count(int size) {
        return Math.max(1, (size + SIZE - 1) / SIZE);
    }

    /** Send a file and return its hash. */
    static String send(Channel channel, String processId, byte[] content, String name) {
        String hash = ProgramStore.hash(content);
        int total = count(content.length);
        for (int i = 0; i < total; i++) {
            int from = i * SIZE;
            byte[] part = java.util.Arrays.copyOfRange(content, from, Math.min(content.length, from + SIZE));
            channel.file(processId, hash, i, total, part, name);
        }
        return hash;
    }
}
