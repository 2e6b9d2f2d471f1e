using System;

namespace HyperCore.Tool;

/// <summary>Shows how far a piece of work is.</summary>
internal interface IProgressDisplay
{
    /// <summary>Does the work.</summary>
    /// <param name="what">What it is, in a few words.</param>
    /// <param name="work">The work; it reports the part that is done, 0 to 1.</param>
    void Run(string what, Action<IProgress<double>> work);
}
