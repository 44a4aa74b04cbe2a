package io.keyward.engine.builtin.replication;

import io.keyward.engine.Client;
import io.keyward.engine.CommandException;
import io.keyward.engine.Loop;
import io.keyward.engine.builtin.BlockedCall;
import io.keyward.engine.builtin.BlockedClients;
import io.keyward.engine.builtin.ClientState;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The clients that wait until replicas or the disk have what was done. */
final class Acknowledgements {
  /** What a client waits for; asked on any thread. */
  interface Awaited {
    boolean reached();

    /** Why there is no use in waiting any longer; null if there is. */
    default @Nullable CommandException refusal() {
      return null;
    }
  }

  private record Wait(Client client, Loop loop, @Nullable BlockedCall call, Awaited awaited) {}

  private final List<Wait> waits = new ArrayList<>();
  private volatile boolean any;

  /** Whether anybody waits, or has waited lately; any thread may ask. */
  boolean any() {
    return any;
  }

  /** Lets a client whose command has just begun to wait go on when that is reached. */
  void await(Client client, Loop loop, Awaited awaited) {
    waits.removeIf(past -> past.client() == client);
    waits.add(new Wait(client, loop, ClientState.of(client).blockedCall(), awaited));
    any = true;
  }

  /** Lets those go on who have waited for enough. */
  void advanced() {
    for (Iterator<Wait> each = waits.iterator(); each.hasNext(); ) {
      Wait wait = each.next();
      CommandException refusal = wait.awaited().refusal();
      if (refusal != null || wait.awaited().reached()) {
        wait.loop().execute(() -> goOn(wait, refusal));
        each.remove();
      }
    }
    any = !waits.isEmpty();
  }

  private static void goOn(Wait wait, @Nullable CommandException refusal) {
    if (waits(wait)) {
      boolean _ = BlockedClients.unblock(wait.client(), refusal);
    }
  }

  private static boolean waits(Wait wait) {
    return wait.client().state() instanceof ClientState state && state.blockedCall() == wait.call();
  }

  /**
   * Forgets those who wait no longer.
   *
   * @param guarded runs what it is given when nobody else is here
   */
  void forgetOthers(Consumer<Runnable> guarded) {
    for (Wait wait : waits) {
      wait.loop()
          .execute(
              () -> {
                if (!waits(wait)) {
                  guarded.accept(() -> waits.remove(wait));
                }
              });
    }
  }
}
