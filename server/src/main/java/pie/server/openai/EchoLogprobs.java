package pie.server.openai;

import java.util.ArrayList;
import java.util.List;
import pie.engine.driver.ProbeKind;
import pie.engine.generate.ProbeSpec;
import pie.engine.generate.ProbeValue;

/** Measure how likely the tokens of a prompt are, each after those before it. The first has nothing before it. */
final class EchoLogprobs {
    private EchoLogprobs() {}

    /** Return what to ask of a pass over all tokens but the last. */
    static List<ProbeSpec> probes(int[] prompt, int top) {
        var probes = new ArrayList<ProbeSpec>();
        for (int row = 0; row < prompt.length - 1; row++) {
            probes.add(new ProbeSpec(row, ProbeKind.LOGPROBS, 1, 0, new int[] {prompt[row + 1]}, false));
            if (top > 0) {
                probes.add(new ProbeSpec(row, ProbeKind.DISTRIBUTION, 1, top, new int[0], false));
            }
        }
        return probes;
    }

    /** Read what the probes saw, one entry a token; that of the first is not known. */
    static List<TokenLogprob> read(int[] prompt, int top, List<ProbeValue> seen) {
        var all = new ArrayList<TokenLogprob>();
        all.add(new TokenLogprob(prompt[0], Double.NaN, List.of()));
        int each = top > 0 ? 2 : 1;
        for (int i = 1; i < prompt.length; i++) {
            int at = each * (i - 1);
            List<TokenLogprob.Likely> likely = top > 0 ? likely(seen.get(at + 1)) : List.of();
            all.add(new TokenLogprob(prompt[i], seen.get(at).values()[0], likely));
        }
        return List.copyOf(all);
    }

    private static List<TokenLogprob.Likely> likely(ProbeValue distribution) {
        var likely = new ArrayList<TokenLogprob.Likely>();
        for (int i = 0; i < distribution.ids().length; i++) {
            likely.add(new TokenLogprob.Likely(
                    distribution.ids()[i], Math.log(distribution.values()[i])));
        }
        return List.copyOf(likely);
    }
}
