package pie.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import pie.engine.Sha256;

/**
 * Read the kernels: CUDA sources, one text without headers, and the PTX made of it, one for each {@link NumberFormat}. The first line of the PTX
 * names the digest of the text that it was made of.
 */
public final class KernelSource {
    /** Sources in the order in which they make up the text. */
    public static final List<String> FILES = List.of("common", "rows", "gemm", "attention", "sample");

    /** Oldest PTX that has all instructions of the kernels, so that any driver since CUDA 11 takes it. */
    public static final String PTX_VERSION = "7.1";

    public static final String ARCHITECTURE = "compute_80";

    /** What stands before instructions that only devices of compute capability 9.0 and more have: see common.cu. */
    private static final String COVERED = "//sm_90: ";

    private static final int UNCOVERED = 90;

    private static final String DIGEST = "// source ";

    private KernelSource() {}

    /** Return the text that a CUDA compiler gets. */
    public static String text() {
        StringBuilder text = new StringBuilder();
        for (String file : FILES) {
            text.append(resource(file + ".cu"));
        }
        return text.toString();
    }

    public static String ptx(NumberFormat format) {
        return resource("pie-" + format.text() + ".ptx");
    }

    /**
     * Return the PTX for a device: without attention of other head dimensions, which would be compiled in vain, and with the instructions that
     * only newer devices have.
     *
     * @param computeCapability as one number, e.g. 90
     */
    public static String ptx(NumberFormat format, int headDim, int computeCapability) {
        String text = computeCapability < UNCOVERED ? ptx(format) : uncovered(ptx(format));
        String entry = ".visible .entry ";
        StringBuilder kept = new StringBuilder();
        int at = 0;
        for (int from = text.indexOf(entry); from >= 0; from = text.indexOf(entry, from + 1)) {
            String name = text.substring(from + entry.length(), text.indexOf('(', from));
            if (name.matches("attention_[0-9]+") && !name.equals("attention_" + headDim)) {
                kept.append(text, at, from);
                at = text.indexOf("\n}\n", from) + 3;
            }
        }
        return kept.append(text, at, text.length()).toString();
    }

    private static String uncovered(String ptx) {
        return ptx.replaceFirst("(?m)^\\.version .*$", ".version 7.8")
                .replaceFirst("(?m)^\\.target .*$", ".target sm_90")
                .replace(COVERED, "");
    }

    /** Return the options that a compiler of CUDA gets beside the architecture. */
    public static List<String> options(NumberFormat format, int headDim) {
        String dim = "-DPIE_HEAD_DIM=" + headDim;
        return format == NumberFormat.BF16
                ? List.of("--std=c++17", "--device-int128", dim, "-DPIE_BF16")
                : List.of("--std=c++17", "--device-int128", dim);
    }

    /** Return what a compiler of CUDA made, lowered to {@link #PTX_VERSION} and marked with the digest of its source. */
    public static String marked(String compiled) {
        String lowered = compiled.replaceFirst("(?m)^\\.version .*$", ".version " + PTX_VERSION);
        return DIGEST + digest() + "\n" + lowered;
    }

    /** Say whether PTX was made of the sources as they are now. */
    public static boolean isCurrent(String ptx) {
        return ptx.startsWith(DIGEST + digest() + "\n");
    }

    static String digest() {
        return Sha256.hex(text().getBytes(StandardCharsets.UTF_8));
    }

    private static String resource(String name) {
        try (InputStream in = KernelSource.class.getResourceAsStream("kernels/" + name)) {
            if (in == null) {
                throw new IllegalStateException("the cuda module lacks kernels/" + name + ": run ./dev kernels");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
