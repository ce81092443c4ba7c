package pie.bench;

import java.io.IOException;

/** Send requests to one engine, each as a stream with a clock. */
interface Asker {
    String name();

    Answer ask(Prompt prompt) throws IOException, InterruptedException;
}
