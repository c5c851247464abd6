"""What is looked at before an order is issued: faults that stop it, anomalies that do not."""
