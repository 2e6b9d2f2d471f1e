namespace HyperCore.Efi.Svm;

/// <summary>Model-specific registers that SVM is switched on with (AMD APM vol. 2, 15.30 and appendix A).</summary>
internal static class SvmMsr
{
    public const uint Efer = 0xC000_0080;
    public const uint VmCr = 0xC001_0114;
    public const uint VmHsavePa = 0xC001_0117;

    /// <summary>VM_CR.SVMDIS: EFER.SVME cannot be set.</summary>
    public const ulong VmCrSvmDisable = 1ul << 4;

    /// <summary>VM_CR.LOCK: SVMDIS can only be changed with the SVM key, if at all.</summary>
    public const ulong VmCrLock = 1ul << 3;
}
