package io.keyward.engine.command;

import io.keyward.engine.CommandException;
import io.keyward.engine.Request;
import io.keyward.engine.command.KeyPositions.Span;
import io.keyward.engine.command.KeySpec.Find;
import io.keyward.engine.command.KeySpec.KeyFlag;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
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
    IntFunction<Set<KeyFlag>> flags = flags(request);
    found
        .build()
        .forEach(position -> visitor.visit(position, KeySpec.access(flags.apply(position))));
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
  IntFunction<Set<KeyFlag>> flags(Request request) {
    VariableFlags own = variable;
    if (own != null) {
      Set<KeyFlag> same = own.of(request);
      return position -> same;
    }
    @Nullable Span[] spans = new @Nullable Span[specs.size()];
    Set<KeyFlag> others = Set.of(KeyFlag.RW, KeyFlag.ACCESS, KeyFlag.UPDATE);
    for (int i = 0; i < spans.length; i++) {
      KeySpec spec = specs.get(i);
      try {
        spans[i] = KeyPositions.span(spec, request);
      } catch (CommandException malformed) {
        continue;
      }
      if (spec.find() instanceof Find.Unknown) {
        others = spec.flags();
      }
    }
    Set<KeyFlag> unfound = others;
    return position -> flags(spans, position, unfound);
  }

  private Set<KeyFlag> flags(@Nullable Span[] spans, int position, Set<KeyFlag> unfound) {
    for (int i = 0; i < spans.length; i++) {
      Span span = spans[i];
      if (span != null && span.holds(position)) {
        return specs.get(i).flags();
      }
    }
    return unfound;
  }
}
