"""What is kept between messages and restarts: questions with their answers, threads, limits, and who works on what."""
