"""From a school's list to anchored credentials, revocation and paper."""
