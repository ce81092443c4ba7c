package pie.runtime;

import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;

/** Run, in a JVM of little heap, a program that makes much garbage beside one that holds on to all it makes; print how they end. */
final class HeapScene {
    private static final String BUSY = """
            export async function main() {
              let sum = 0;
              for (let i = 0; i < 1500; i++) {
                sum += new Uint8Array(200_000).length;
                if (i % 10 == 0) await new Promise(done => setTimeout(done, 20)); // the other one is to allocate more
              }
              return String(sum);
            }
            """;
    private static final String LEAK = """
            export async function main() {
              const kept = [];
              for (;;) {
                kept.push(new Uint8Array(200_000));
                // at full speed the heap is full between two looks of the guard, and whose allocation fails then is chance
                if (kept.length % 2 == 0) await new Promise(done => setTimeout(done, 1));
              }
            }
            """;

    private HeapScene() {}

    public static void main(String[] args) throws Exception {
        try (var t = new TestRuntime("dummy", TestRuntime.config(Language.JAVASCRIPT))) {
            var processes = new ArrayList<InferletProcess>();
            for (String code : new String[] {BUSY, LEAK}) {
                processes.add(t.launch(Language.JAVASCRIPT, code, "{}"));
            }
            for (InferletProcess process : processes) {
                switch (process.outcome().get(120, TimeUnit.SECONDS)) {
                    case Outcome.Completed done -> System.out.println("completed " + done.value());
                    case Outcome.Failed failed ->
                        System.out.println("failed " + failed.code() + " " + failed.details() + " " + failed.message());
                }
            }
        }
    }
}
