"""Admission policies that shut the rings' doors."""
