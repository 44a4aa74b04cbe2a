package io.keyward.engine.builtin;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Cuts off clients of a home that take more memory than they may. */
final class ClientCuts {
  private final Home home;
  private final Set<ClientMemory> clients = new LinkedHashSet<>();
  private final Set<ClientMemory> due = new LinkedHashSet<>();

  ClientCuts(Home home) {
    this.home = home;
  }

  /**
   * Cuts off clients as long as all together take more memory than they may: those of the keyspace
   * whose clients take most, so that it hurts itself alone.
   */
  void cut() {
    while (home.guard().clientsTakeTooMuch(home)) {
      ClientMemory most = null;
      for (ClientMemory each : clients) {
        if (most == null || each.bytes() > most.bytes()) {
          most = each;
        }
      }
      if (most == null) {
        return;
      }
      ClientMemory greedy = most;
      long enough = greedy.bytes() * 3 / 4;
      if (greedy.cutBiggest(
              () -> !home.guard().clientsTakeTooMuch(home) || greedy.bytes() <= enough)
          == 0) {
        return;
      }
    }
  }

  /** The clients of a keyspace begin to take memory, or do not any more. */
  void takesMemory(ClientMemory of, boolean any) {
    if (any) {
      clients.add(of);
    } else {
      clients.remove(of);
    }
  }

  /** Cuts off clients of a keyspace, and then of all, when the running burst is over. */
  void soon(ClientMemory tooMuch) {
    due.add(tooMuch);
    if (due.size() == 1) {
      home.loop()
          .execute(
              () -> {
                List<ClientMemory> all = List.copyOf(due);
                due.clear();
                all.forEach(ClientMemory::cutToLimit);
                cut();
              });
    }
  }
}
