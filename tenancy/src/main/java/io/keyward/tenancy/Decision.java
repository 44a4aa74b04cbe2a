package io.keyward.tenancy;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What comes of a login. */
public sealed interface Decision {
  /**
   * The connection belongs to a deployment.
   *
   * @param deployment null for the operator, who belongs to none
   * @param login the login that has led there
   * @param user the user within the deployment; empty for the one that may do everything
   */
  record Admitted(@Nullable Deployment deployment, String login, String user) implements Decision {
    /** Without a user within the deployment. */
    Admitted(@Nullable Deployment deployment, String login) {
      this(deployment, login, "");
    }
  }

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
