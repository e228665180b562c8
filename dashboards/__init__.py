"""运行监测: live figures across the centres; reads, never writes."""
