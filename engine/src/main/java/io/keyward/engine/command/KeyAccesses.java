package io.keyward.engine.command;

import io.keyward.engine.CommandException;
import io.keyward.engine.Request;
import io.keyward.engine.command.KeySpec.Find;
import io.keyward.engine.command.KeySpec.KeyFlag;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Tells the keys of a request together with what the command does to each.
 *
 * <p>The keys are those that the command itself will find. Only for a request that the command is
 * going to refuse, so that it finds none, do the specifications alone answer. Where they tell
 * everything, nothing is allocated.
 */
final class KeyAccesses {
  private final List<KeySpec> specs;
  private final int[] accesses;
  private final @Nullable KeyFinder finder;
  private final @Nullable VariableFlags variable;

  KeyAccesses(List<KeySpec> specs, @Nullable KeyFinder finder, @Nullable VariableFlags variable) {
    this.specs = specs;
    this.finder = finder;
    this.variable = variable;
    accesses = specs.stream().mapToInt(spec -> KeySpec.access(spec.flags())).toArray();
  }

  void find(Request request, KeyVisitor visitor) {
    KeyFinder own = finder;
    if (own == null) {
      bySpecs(request, visitor);
      return;
    }
    IntStream.Builder found = IntStream.builder();
    try {
      own.find(request, found::add);
    } catch (CommandException malformed) {
      bySpecs(request, visitor);
      return;
    }
    found
        .build()
        .forEach(position -> visitor.visit(position, KeySpec.access(flags(request, position))));
  }

  private void bySpecs(Request request, KeyVisitor visitor) {
    for (int i = 0; i < accesses.length; i++) {
      KeySpec spec = specs.get(i);
      if (!spec.flags().contains(KeyFlag.NOT_KEY)) {
        KeyPositions.find(spec, request, access(i, request), visitor);
      }
    }
  }

  private int access(int spec, Request request) {
    VariableFlags own = variable;
    return own == null ? accesses[spec] : KeySpec.access(own.of(request));
  }

  /**
   * What the command does to the key at a position: as the specification says that finds it, else
   * as the last one says that cannot tell where its keys are, else the worst.
   */
  Set<KeyFlag> flags(Request request, int position) {
    VariableFlags own = variable;
    if (own != null) {
      return own.of(request);
    }
    Set<KeyFlag> flags = Set.of(KeyFlag.RW, KeyFlag.ACCESS, KeyFlag.UPDATE);
    for (KeySpec spec : specs) {
      boolean[] found = new boolean[1];
      try {
        KeyPositions.find(spec, request, 0, (at, access) -> found[0] |= at == position);
      } catch (CommandException malformed) {
        continue;
      }
      if (found[0]) {
        return spec.flags();
      }
      if (spec.find() instanceof Find.Unknown) {
        flags = spec.flags();
      }
    }
    return flags;
  }
}
