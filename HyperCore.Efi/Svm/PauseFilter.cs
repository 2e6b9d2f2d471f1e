namespace HyperCore.Efi.Svm;

/// <summary>
/// When PAUSE is an exit (AMD APM vol. 2, 15.14.4): after many in a row, as a vCPU executes them that waits for another one. The processor counts
/// down from <see cref="Count"/>, and begins anew when more than <see cref="Threshold"/> ticks lie between two of them.
/// </summary>
internal readonly struct PauseFilter
{
    // The numbers that Linux's KVM has come to: a loop that waits that long has lost more than the exit costs.
    private const ushort PausesInARow = 3000;
    private const ushort TicksBetween = 128;

    /// <summary>Decides for one vCPU.</summary>
    /// <param name="features">What the processor offers. Without the filter every PAUSE would be an exit.</param>
    /// <param name="vcpus">How many vCPUs the VM has. One alone waits for no other.</param>
    public PauseFilter(SvmFeatures features, int vcpus)
    {
        if (features.PauseFilter && vcpus > 1)
        {
            Intercept = Svm.Intercept.Pause;
            Count = PausesInARow;
            Threshold = features.PauseFilterThreshold ? TicksBetween : (ushort)0;
        }
    }

    /// <summary>What goes to <see cref="Vmcb.InterceptMisc1"/>.</summary>
    public uint Intercept { get; }

    /// <summary>PAUSEs before the exit.</summary>
    public ushort Count { get; }

    /// <summary>Ticks; 0: the distance does not count, which is all that a processor without the threshold knows.</summary>
    public ushort Threshold { get; }
}
