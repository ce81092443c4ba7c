package pie.bench;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Describe something to do with a model that can be done by a program beside it and by code of a client.
 *
 * @param file stem of the program under resources/programs
 * @param requests that the client sends
 */
record Gain(String name, String file, int requests, Drawing drawing, Client client) {
    /**
     * Carry the texts of one task.
     *
     * @param parts what follows the prompt: for each place the texts that may stand there
     * @param maxTokens of each generation
     */
    record Task(int[] prompt, List<List<int[]>> parts, int maxTokens) {
        /** Return the input of the program. */
        Map<String, Object> input() {
            return Map.of("prompt", prompt, "parts", parts, "max_tokens", maxTokens);
        }
    }

    /** Draw a task. */
    interface Drawing {
        Task task(long seed);
    }

    /** Do a task by requests and return the ids generated, which are those that the program returns. */
    interface Client {
        int[] run(Asking server, Task task) throws IOException, InterruptedException;
    }

    /** Ask a server for greedy tokens. */
    interface Asking {
        /** @param more fields of the request beside the common ones */
        int[] tokens(Prompt prompt, Map<String, Object> more) throws IOException, InterruptedException;
    }
}
