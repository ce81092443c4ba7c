package pie.server.openai;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import pie.engine.Engine;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.driver.DriverCapabilities;
import pie.engine.driver.ProbeKind;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.ProbeSpec;
import pie.engine.grammar.Matcher;

/** Turn a request and one of its prompts into a generation plan. */
final class Job {
    private static final ProbeSpec ALL_LOGITS = new ProbeSpec(0, ProbeKind.LOGITS, 1, 0, new int[0], false);

    private Job() {}

    /**
     * Check that prompt and answer fit, and describe the generation.
     *
     * @param measured whether the logits of every step are looked at
     * @throws PieException CONTEXT_LENGTH_EXCEEDED, OUT_OF_PAGES, what the grammar fails with
     */
    static PlanSpec plan(Engine engine, Asked asked, int[] prompt, int[] stopIds, boolean measured) {
        int most = limit(engine.capabilities(), prompt.length, asked.maxTokens());
        List<Matcher> matchers = new ArrayList<>();
        asked.structure().ifPresent(source -> matchers.add(new Matcher(Branches.compiled(engine, source))));
        return new PlanSpec(
                        asked.sampler(),
                        most,
                        stopIds,
                        asked.stops(),
                        null,
                        asked.seed(),
                        measured ? List.of(ALL_LOGITS) : List.of())
                .withConstraints(matchers)
                .withSpeculation(asked.sampler().greedy())
                .withMinTokens(asked.minTokens());
    }

    private static int limit(DriverCapabilities device, int prompt, OptionalInt wanted) {
        if (prompt == 0) {
            throw Fields.invalid("prompt", "has no tokens: there is nothing to go on from");
        }
        long total = prompt + (long) wanted.orElse(1);
        if (total > device.maxContext()) {
            throw new PieException(
                    ErrorCode.CONTEXT_LENGTH_EXCEEDED,
                    "the prompt has " + prompt + " tokens and " + wanted.orElse(1)
                            + " may follow, more than the context window of " + device.maxContext(),
                    Map.of("limit", device.maxContext(), "prompt_tokens", prompt, "param", "max_tokens"));
        }
        long room = (long) device.totalPages() * device.pageSize();
        if (total > room) {
            throw new PieException(
                    ErrorCode.OUT_OF_PAGES,
                    "the prompt has " + prompt + " tokens and " + wanted.orElse(1)
                            + " may follow: the device has pages for " + room,
                    Map.of("limit", room, "param", "max_tokens"));
        }
        return wanted.orElse((int) Math.min(device.maxContext(), room) - prompt);
    }
}
