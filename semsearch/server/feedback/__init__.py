"""What readers ask and suggest, for those who may edit."""
