package pie.bench;

import java.io.IOException;

/** Launch a program a request on pie; its first message is the first token. */
record ProgramAsker(PieTarget target) implements Asker {
    @Override
    public String name() {
        return target.name();
    }

    @Override
    public Answer ask(Prompt prompt) throws IOException, InterruptedException {
        Sample sample = target.generate(prompt);
        return sample.ok()
                ? new Answer(
                        0,
                        new long[] {sample.first(), sample.last()},
                        sample.last(),
                        prompt.ids().length,
                        sample.tokens(),
                        Answer.NO_IDS,
                        0,
                        "",
                        "")
                : Answer.failed(sample.error());
    }
}
