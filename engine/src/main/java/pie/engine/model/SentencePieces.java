package pie.engine.model;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Read SentencePiece-style vocabularies: U+2581 for a space, {@code <0xNN>} for single bytes, scores for merge order. */
final class SentencePieces {
    static final char SPACE = '\u2581';

    private SentencePieces() {}

    static byte[] decode(String piece) {
        int value = byteValue(piece);
        return value >= 0
                ? new byte[] {(byte) value}
                : piece.replace(SPACE, ' ').getBytes(StandardCharsets.UTF_8);
    }

    private static int byteValue(String piece) {
        if (piece.length() != 6 || !piece.startsWith("<0x") || piece.charAt(5) != '>') {
            return -1;
        }
        int high = Character.digit(piece.charAt(3), 16);
        int low = Character.digit(piece.charAt(4), 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    private record Merge(String left, String right, float score, int leftId, int rightId, int order) {}

    /**
     * Return the merges that make BPE choose as SentencePiece does: every split of a piece into two pieces, best score first.
     *
     * <p>Source: {@code generate_merges} of Hugging Face transformers.
     */
    static List<TokenizerJson.Merge> merges(String[] pieces, float[] scores) {
        Map<String, Integer> ids = HashMap.newHashMap(pieces.length);
        for (int id = 0; id < pieces.length; id++) {
            ids.put(pieces[id], id);
        }
        List<Merge> merges = new ArrayList<>();
        for (int id = 0; id < pieces.length; id++) {
            String piece = pieces[id];
            for (int cut = 1; cut < piece.length(); cut++) {
                @Nullable Integer left = ids.get(piece.substring(0, cut));
                @Nullable Integer right = left == null ? null : ids.get(piece.substring(cut));
                if (left != null && right != null) {
                    merges.add(new Merge(pieces[left], pieces[right], scores[id], left, right, id));
                }
            }
        }
        merges.sort(Comparator.comparingDouble((Merge merge) -> -merge.score)
                .thenComparing(Comparator.comparingInt((Merge merge) -> merge.left.length())
                        .reversed())
                .thenComparing(Comparator.comparingInt((Merge merge) -> merge.right.length())
                        .reversed())
                .thenComparingInt(Merge::order)
                .thenComparingInt(Merge::leftId)
                .thenComparingInt(Merge::rightId));
        return merges.stream()
                .map(merge -> new TokenizerJson.Merge(merge.left, merge.right))
                .toList();
    }
}
