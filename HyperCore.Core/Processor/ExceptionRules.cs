namespace HyperCore.Core.Processor;

/// <summary>How exceptions combine, and which of them push an error code.</summary>
public static class ExceptionRules
{
    /// <summary>
    /// An exception while another is being delivered makes a double fault: two contributory ones, or a page fault followed by either kind (AMD APM
    /// vol. 2, table 8-3; Intel SDM vol. 3A, table 6-5).
    /// </summary>
    /// <param name="first">What was being delivered.</param>
    /// <param name="second">What came up meanwhile.</param>
    public static bool MakesDoubleFault(ExceptionVector first, ExceptionVector second) =>
        (IsContributory(first) && IsContributory(second))
        || (first == ExceptionVector.PageFault && (second == ExceptionVector.PageFault || IsContributory(second)));

    /// <summary>The exception pushes an error code, outside real mode.</summary>
    public static bool HasErrorCode(ExceptionVector vector) =>
        vector is ExceptionVector.DoubleFault or ExceptionVector.AlignmentCheck
            or (>= ExceptionVector.InvalidTss and <= ExceptionVector.PageFault);

    private static bool IsContributory(ExceptionVector vector) =>
        vector is ExceptionVector.DivideError or ExceptionVector.InvalidTss or ExceptionVector.SegmentNotPresent or ExceptionVector.Stack
            or ExceptionVector.GeneralProtection;
}
