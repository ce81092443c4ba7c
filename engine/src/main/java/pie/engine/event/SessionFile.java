package pie.engine.event;

import java.time.Instant;

/**
 * Describe a file that a process and its client exchanged.
 *
 * @param name without folders, "" for none
 * @param hash BLAKE3 of its bytes, in hex
 * @param size in bytes
 * @param mediaType told by its name
 * @param sent whether the process sent it; else its client did
 */
public record SessionFile(String name, String hash, long size, String mediaType, boolean sent, Instant time) {}
