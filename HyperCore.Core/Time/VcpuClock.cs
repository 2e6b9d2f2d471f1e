namespace HyperCore.Core.Time;

/// <summary>
/// A vCPU's clock: its VM's, with a time-stamp counter that the guest may set forward and back for this vCPU alone, as IA32_TSC_ADJUST says
/// (Intel SDM vol. 3B, 18.17.3). As long as it does not, the vCPUs of a VM agree.
/// </summary>
public sealed class VcpuClock : Clock
{
    private readonly GuestClock _vm;

    /// <summary>Creates a clock that agrees with the VM's.</summary>
    public VcpuClock(GuestClock vm) => _vm = vm;

    /// <summary>IA32_TSC_ADJUST: what the guest has added to its TSC.</summary>
    public ulong Adjust { get; set; }

    /// <summary>What is added to the host's TSC.</summary>
    public ulong TscOffset => _vm.TscOffset + Adjust;

    /// <inheritdoc/>
    public override ulong Now => _vm.Now;

    /// <inheritdoc/>
    public override ulong Tsc => _vm.Tsc + Adjust;

    /// <inheritdoc/>
    public override ulong TscFrequency => _vm.TscFrequency;

    /// <summary>Makes the TSC read <paramref name="value"/> now, as a write of IA32_TSC does: IA32_TSC_ADJUST shows the difference.</summary>
    public void SetTsc(ulong value) => Adjust += value - Tsc;

    /// <summary>A deadline of this clock as time of the machine's; see <see cref="GuestClock.ToHost"/>.</summary>
    public ulong ToHost(ulong deadline) => _vm.ToHost(deadline);

    /// <inheritdoc/>
    public override ulong WhenTscReaches(ulong tsc) => _vm.WhenTscReaches(tsc - Adjust);
}
