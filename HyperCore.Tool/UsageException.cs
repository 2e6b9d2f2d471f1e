using System;

namespace HyperCore.Tool;

/// <summary>A command was called wrongly in a way that its options alone do not show. The message is for the user.</summary>
/// <param name="message">What is wrong, and what helps.</param>
internal sealed class UsageException(string message) : Exception(message);
