package pie.engine.sim;

import java.util.List;

/**
 * Describe a defect to be planted, and the checker that must object to it.
 *
 * @param file below the engine's package, without the ending
 * @param now text that the source has once
 * @param then what stands there instead
 */
record Mutant(String checker, String defect, String file, String now, String then) {
    static final List<Mutant> ALL = List.of(
            new Mutant("C1", "a slot's old state is not counted down", "kv/PagePool", "counts[state[slot]]--;", ""),
            new Mutant(
                    "C1", "a copy out to host memory never ends", "kv/HostTier", "become(slot, HELD);\n", "held++;\n"),
            new Mutant(
                    "C2",
                    "a reference that is given up is still counted",
                    "kv/PagePool",
                    "if (--refs[slot] > 0) {",
                    "if (refs[slot] > 1 && --refs[slot] > 0) {"),
            new Mutant(
                    "C2",
                    "a page that is shared counts twice",
                    "kv/PagePool",
                    "if (refs[slot]++ > 0)",
                    "if ((refs[slot] += 2) > 2)"),
            new Mutant(
                    "C2",
                    "host slots stay pinned when their copy back failed",
                    "HostCopies",
                    "                host().unpin(place);",
                    "                if (whole) host().unpin(place);"),
            new Mutant(
                    "C3",
                    "a slot is unpinned by the first step that ends",
                    "kv/PagePool",
                    "if (--pins[slot] == 0) {",
                    "pins[slot] = 0;\n        if (pinned > 0) {"),
            new Mutant(
                    "C3",
                    "steps are settled as they end",
                    "StepPipeline",
                    "while ((first = flights.peek()) != null && first.ended()) {\n            flights.poll();",
                    "while ((first = flights.peekLast()) != null && first.ended()) {\n            flights.pollLast();"),
            new Mutant(
                    "C4",
                    "a step names the page before the right one",
                    "schedule/BatchWriter",
                    "batch.pageIndices[page] = kv.slot(i);",
                    "batch.pageIndices[page] = kv.slot(Math.max(0, i - 1));"),
            new Mutant(
                    "C4",
                    "a row is chained to the first draw of the step",
                    "schedule/BatchWriter",
                    "batch.tokens[first] = ~draw;",
                    "batch.tokens[first] = ~0;"),
            new Mutant(
                    "C5",
                    "the last token of a page is not in its key",
                    "kv/PageKeys",
                    "for (int i = 0; i < rows; i++) {",
                    "for (int i = 0; i < rows - 1; i++) {"),
            new Mutant(
                    "C5",
                    "the adapter of its rows is not in a page's key",
                    "kv/PageKeys",
                    "maskWords[n++] = id.high();\n                maskWords[n++] = id.low();",
                    "maskWords[n++] = 0;\n                maskWords[n++] = 0;"),
            new Mutant(
                    "C5",
                    "whether rows have an adapter is not in a page's key",
                    "kv/PageKeys",
                    "return n == 1 ? 0 : n;",
                    "return 0;"),
            new Mutant(
                    "C5",
                    "a fork forgets the adapters of its rows",
                    "kv/KvContext",
                    "        adapters.addAll(from.adapters);\n",
                    ""),
            new Mutant(
                    "C5",
                    "an adapter takes the place of one of the same step",
                    "AdapterSlots",
                    "boolean free = !slot.loading && (slot.used < plan || slot.adapter == null);",
                    "boolean free = !slot.loading;"),
            new Mutant(
                    "C5",
                    "a page copied back is taken for the next one",
                    "HostCopies",
                    "offsets[i] = places[i] % chunkPages;",
                    "offsets[i] = places[0] % chunkPages;"),
            new Mutant(
                    "C6",
                    "a copy goes to the next page",
                    "dummy/HashDriver",
                    "list.to()[i] * pageSize",
                    "(list.to()[i] + 1) % (pool.length / pageSize) * pageSize"),
            new Mutant(
                    "C6",
                    "pages of a lost device are found on the next one",
                    "EngineLoop",
                    "        store.clearRetained();\n",
                    ""),
            new Mutant(
                    "C6",
                    "drafts behind the end stay computed",
                    "EngineGeneration",
                    "context.loop.store.shrink(kv, 0); // drafts behind the end",
                    "context.publish(0, 0);"),
            new Mutant(
                    "C7", "nobody ages", "market/Bidder", "now - Math.min(waitSince, behindSince) < wait", "wait > 0"),
            new Mutant(
                    "C8",
                    "an idle device waits for 20 ms",
                    "StepPipeline",
                    "Math.min(LONGEST_WAIT, lastStepNanos / 10)",
                    "20 * LONGEST_WAIT"),
            new Mutant(
                    "C9",
                    "slices end anywhere",
                    "schedule/StepFiller",
                    "(from + most) / store.pageSize() * store.pageSize()",
                    "(from + most)"),
            new Mutant(
                    "C10",
                    "what a dividend leaves over is lost",
                    "market/Ledger",
                    "        carry = left;",
                    "        carry = 0;"),
            new Mutant(
                    "C10",
                    "a wallet's rest is not given back",
                    "market/Ledger",
                    "account.spread(left);",
                    "account.spread(left / 2);"),
            new Mutant(
                    "C10",
                    "pages are made on credit",
                    "market/Ledger",
                    "        long paid = Math.min(cost, wallet.balance);\n        wallet.balance -= paid;",
                    "        long paid = cost;\n        wallet.balance -= Math.min(cost, wallet.balance);"),
            new Mutant(
                    "C11",
                    "a shared page is split among one more than hold it",
                    "kv/PageTables",
                    "refs <= 1 ? refs * Fixed.PAGE : Fixed.PAGE / refs",
                    "refs <= 1 ? refs * Fixed.PAGE : Fixed.PAGE / (refs + 1)"),
            new Mutant(
                    "C11",
                    "the price is what the last excluded bids",
                    "market/Auction",
                    "price = Math.max(price, bidder.effectiveBid);",
                    "price = bidder.effectiveBid;"),
            new Mutant(
                    "C12",
                    "the first that does not fit ends the auction",
                    "market/Auction",
                    "bidder.granted = used + need + room <= total;",
                    "bidder.granted = price == 0 && used + need + room <= total;"),
            new Mutant(
                    "C12",
                    "a page more is taken than is short",
                    "market/Auction",
                    "while (free < 0 && worst >= 0)",
                    "while (free <= 0 && worst >= 0)"),
            new Mutant(
                    "C12",
                    "pages are taken from the best of the excluded",
                    "market/Auction",
                    "Bidder victim = order.get(worst--);",
                    "Bidder victim = order.get(order.size() - 1 - worst--);"),
            new Mutant(
                    "C12",
                    "holders have no advantage but are ranked as if",
                    "market/Ranking",
                    "if (a.value != b.value) {\n                return a.value > b.value;",
                    "if (a.bid != b.bid) {\n                return a.bid > b.bid;"),
            new Mutant(
                    "C13",
                    "a draw depends on the place in the batch",
                    "GenerationRows",
                    "draw(batch, last + i, savedLength + i, own, i);",
                    "draw(batch, last + i, savedLength + i + (last > 0 ? 1 : 0), own, i);"),
            new Mutant(
                    "C13",
                    "a draft is accepted unseen",
                    "GenerationRows",
                    "while (drawnCount <= draftCount && token == drafts[drawnCount - 1]);",
                    "while (drawnCount <= draftCount);"),
            new Mutant(
                    "C13",
                    "the page of a dropped chained row is kept",
                    "GenerationRows",
                    "context.loop.store.shrink(kv, chainedPages);",
                    ""),
            new Mutant(
                    "C20",
                    "a fork whose copy failed computes again without the dropped pages that its rows saw",
                    "kv/KvStore",
                    "tables.computeAgain(c, c.sealed * pageSize);\n    }\n\n    /** Give",
                    "tables.dropFrom(c, c.sealed);\n    }\n\n    /** Give"),
            new Mutant(
                    "C14",
                    "rows computed again see what was dropped later",
                    "schedule/BatchWriter",
                    "Visibility seen = kv.visibility(batch.noWrite[r] ? to : from);",
                    "Visibility seen = kv.visibility(kv.length());"),
            new Mutant(
                    "C15",
                    "rows whose results are dropped are on nobody's account",
                    "StepPipeline",
                    "            process.driverNanos += lastStepNanos",
                    "            process.driverNanos += plan.isVoid(i) ? 0 : lastStepNanos"),
            new Mutant(
                    "C16",
                    "tokens are delivered again",
                    "GeneratedTokens",
                    "Arrays.copyOfRange(kept, delivered, end)",
                    "Arrays.copyOfRange(kept, 0, end)"),
            new Mutant(
                    "C16",
                    "results of rows that nobody wants any more are taken",
                    "schedule/StepPlan",
                    "return works[request].epoch() != epoch[request];",
                    "return false;"),
            new Mutant(
                    "C17",
                    "a chained row that nobody can pay",
                    "ContextCharges",
                    "if (allowance.tokensLeft() < 1) {\n            return false;\n        }\n        allowance.reserve(1);",
                    "allowance.release(-1);"),
            new Mutant(
                    "C17",
                    "drafts that cannot be paid for",
                    "GenerationRows",
                    "context.charges.affordable(start, savedLength) - 1",
                    "Integer.MAX_VALUE"),
            new Mutant(
                    "C17",
                    "page-seconds that are spent take no pages",
                    "ProcessTable",
                    "if (spent != null) {",
                    "if (spent != null && now < 0) {"),
            new Mutant(
                    "C18",
                    "a matcher misses a token",
                    "Constraints",
                    "            all.get(i).matcher().acceptAll(token);",
                    "            if (all.get(i).matcher().length() != 3) {\n                all.get(i).matcher().acceptAll(token);\n            }"),
            new Mutant(
                    "C18",
                    "stop tokens are legal before the text may end",
                    "Constraints",
                    "        if (canEnd()) {\n            for",
                    "        if (mask.length > 0) {\n            for"),
            new Mutant(
                    "C17",
                    "a failed pass keeps what was reserved for it",
                    "EngineContext",
                    "        charges.release();\n",
                    "        if (!failed) {\n            charges.release();\n        }\n"),
            new Mutant(
                    "C19",
                    "the store keeps contexts that are closed",
                    "EngineLoop",
                    "        store.close(context.kv());\n",
                    ""),
            new Mutant(
                    "C19",
                    "three steps are with the device",
                    "StepPipeline",
                    "boolean open = flights.size() < depth\n",
                    "boolean open = flights.size() < depth + (depth > 1 ? 1 : 0)\n"),
            new Mutant(
                    "C20",
                    "a fault ends all works, not those of its step",
                    "StepPipeline",
                    "            scheduler.fail(plan, cause);\n        }\n    }\n\n    /** Forget",
                    "            scheduler.fail(plan, cause);\n            while (!scheduler.idle()) {\n                scheduler.fail(scheduler.first(), cause);\n            }\n        }\n    }\n\n    /** Forget"),
            new Mutant(
                    "C21",
                    "the name of a snapshot is not made durable",
                    "snapshot/SnapshotSave",
                    "            disk.sync(key.directory());\n",
                    "            if (bytes < 0) {\n                disk.sync(key.directory());\n            }\n"),
            new Mutant(
                    "C21",
                    "a snapshot is written in place",
                    "snapshot/AtomicFiles",
                    "String temporary = path + '.' + number.incrementAndGet() + TEMPORARY;",
                    "String temporary = path;"),
            new Mutant(
                    "C21",
                    "a file is renamed before its content is on the disk",
                    "snapshot/AtomicFiles",
                    "                out.sync();\n",
                    ""),
            new Mutant(
                    "C21",
                    "rows of a snapshot get what stands under the name of their adapter now",
                    "adapter/AdapterShelf",
                    "adapter.id().sameContent(id)",
                    "adapter.id().name().equals(id.name())"),
            new Mutant(
                    "C21",
                    "a snapshot does not say which adapters its rows had",
                    "SaveOperation",
                    "span.from() < lineage.written()",
                    "span.from() > lineage.written()"),
            new Mutant(
                    "C21",
                    "a snapshot is opened without the adapter of its rows",
                    "SnapshotOpening",
                    "found.isEmpty() && span.adapter().isPresent()",
                    "found.isPresent() && span.adapter().isEmpty()"),
            new Mutant(
                    "leak audit",
                    "contexts of a process that ended stay open",
                    "EngineLoop",
                    "        for (EngineContext context : List.copyOf(process.contexts)) {\n            context.shut(cause);\n        }\n        settleClosing",
                    "        process.contexts.clear();\n        settleClosing"));
}
