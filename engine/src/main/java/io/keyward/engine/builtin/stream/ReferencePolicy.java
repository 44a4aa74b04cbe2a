package io.keyward.engine.builtin.stream;

import io.keyward.engine.CommandException;
import io.keyward.engine.Errors;
import io.keyward.engine.Request;
import org.jspecify.annotations.Nullable;

/** What a deletion means for the groups in which the entry is pending. */
enum ReferencePolicy {
  /** The groups keep the id as pending. */
  KEEP,
  /** Every group forgets the id. */
  DELETE,
  /** Only entries are deleted that every group has read and acknowledged. */
  ACKNOWLEDGED;

  private static final CommandException NOT_POSITIVE =
      CommandException.error("Number of IDs must be a positive integer");
  private static final CommandException NO_IDS = CommandException.error("IDS option is required");
  private static final CommandException MISMATCH =
      CommandException.error("The `numids` parameter must match the number of arguments");

  /**
   * The options of XDELEX and XACKDEL: a policy, and {@code IDS count id [id ...]}.
   *
   * @param firstId the argument with the first id
   */
  record Options(ReferencePolicy policy, int firstId, int ids) {
    static Options of(Request request, int first) {
      ReferencePolicy policy = null;
      int firstId = 0;
      int ids = 0;
      for (int at = first; at < request.count(); at++) {
        ReferencePolicy named = named(request, at);
        if (named != null && policy == null) {
          policy = named;
        } else if (firstId == 0 && request.is(at, "IDS") && at + 1 < request.count()) {
          long count = request.integer(at + 1, 1, Integer.MAX_VALUE, NOT_POSITIVE);
          if (count > request.count() - at - 2) {
            throw MISMATCH;
          }
          firstId = at + 2;
          ids = (int) count;
          at = firstId + ids - 1;
        } else {
          throw Errors.SYNTAX;
        }
      }
      if (firstId == 0) {
        throw NO_IDS;
      }
      for (int i = 0; i < ids; i++) {
        IdArgument.exact(request, firstId + i, 0);
      }
      return new Options(policy == null ? KEEP : policy, firstId, ids);
    }

    private static @Nullable ReferencePolicy named(Request request, int argument) {
      if (request.is(argument, "KEEPREF")) {
        return KEEP;
      }
      if (request.is(argument, "DELREF")) {
        return DELETE;
      }
      return request.is(argument, "ACKED") ? ACKNOWLEDGED : null;
    }
  }
}
