package io.keyward.tenancy;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What comes of a login. */
public sealed interface Decision {
  /**
   * The connection belongs to a deployment.
   *
   * @param deployment null for the operator, who belongs to none
   * @param user the name that the client is listed with
   */
  record Admitted(@Nullable Deployment deployment, String user) implements Decision {}

  /** Name or password is wrong; nobody learns which. */
  record WrongPassword() implements Decision {}

  /**
   * The password was right, but there is no deployment to enter.
   *
   * @param reason in words that fit behind an error code
   */
  record Refused(String reason) implements Decision {}

  /** The comparison takes long: it is made where nobody waits for the thread. */
  record Undecided(Supplier<Decision> comparison) implements Decision {}
}
