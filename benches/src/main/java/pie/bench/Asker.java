package pie.bench;

import java.io.IOException;

/** Send requests to one engine, each as a stream with a clock. */
interface Asker {
    String name();

    Answer ask(Prompt prompt) throws IOException, InterruptedException;

    /** Return the ids that follow a prompt, all of them. */
    default int[] tokens(Prompt prompt) throws IOException, InterruptedException {
        Answer answer = ask(prompt);
        if (!answer.ok()) {
            throw new IOException(answer.error());
        }
        if (answer.ids().length != answer.outputTokens()) {
            throw new IOException(
                    name() + " counts " + answer.outputTokens() + " tokens and sent " + answer.ids().length);
        }
        return answer.ids();
    }
}
