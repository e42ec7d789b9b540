"""What commands read of the platform's answers, service by service; fields they do not show are left out."""
