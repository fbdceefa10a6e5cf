# Finds a JDK 25 or newer. Sourced by ./build and ./godwit; defines find_jdk, which sets JAVA_HOME, or says what is missing and fails.
# Only bash built-ins: this is on the way of every start.

# The feature version of the JDK at $1 into $feature; 0 when there is none (a JRE without javac does not count).
jdk_feature() {
    local line
    feature=0
    [[ -x $1/bin/javac && -r $1/release ]] || return 0
    while IFS= read -r line; do
        if [[ $line =~ ^JAVA_VERSION=\"([0-9]+) ]]; then
            feature=${BASH_REMATCH[1]}
            return 0
        fi
    done <"$1/release"
}

find_jdk() {
    local wanted=25 best=0 bestHome= home java feature
    if [[ -n ${JAVA_HOME:-} ]]; then
        jdk_feature "$JAVA_HOME"
        ((feature >= wanted)) && { export JAVA_HOME; return 0; }
    fi
    if java=$(type -P java) && java=$(readlink -f "$java"); then
        home=${java%/bin/java}
        jdk_feature "$home"
        ((feature >= wanted)) && { export JAVA_HOME=$home; return 0; }
    fi
    for home in /usr/lib/jvm/* /usr/java/* /opt/* /opt/*/* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
        "$HOME"/.local/share/mise/installs/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home \
        /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
        jdk_feature "$home"
        ((feature > best)) && best=$feature bestHome=$home
    done
    if ((best < wanted)); then
        echo "${0##*/}: install a JDK $wanted or newer (for example Temurin $wanted), or set JAVA_HOME to one." >&2
        return 2
    fi
    export JAVA_HOME=$bestHome
}
